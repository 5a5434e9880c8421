"""Pages printed to PDF, with our own style and nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from processes.context import organisation

# A drawing inside the page itself, such as a chart or a QR code; never a page or a script.
DATA_TYPES = ("data:image/png", "data:image/jpeg", "data:image/svg+xml")


class OwnFilesOnly(URLFetcher):
    """Gives out the portal's static files and pictures inside the page; everything else is refused.

    A letter may hold text from outside: it must reach neither the network nor the server's disk.
    """

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """One static file by its address in the portal, or one embedded picture."""
        if url.startswith(DATA_TYPES):
            return super().fetch(url, headers)
        own = urljoin(settings.BASE_URL, settings.STATIC_URL)
        if url.startswith(own):
            name = unquote(urlsplit(url.removeprefix(own)).path)
            found = finders.find(name)
            if isinstance(found, str):
                return URLFetcherResponse(url, Path(found).read_bytes())
            if staticfiles_storage.exists(name):  # under the name it has once its content is part of it
                with staticfiles_storage.open(name) as kept:
                    return URLFetcherResponse(url, kept.read())
        raise ValueError("Only the portal's own files may be printed.")


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style(name: str) -> CSS:
    return CSS(
        string=_text_of(name), font_config=_fonts(), url_fetcher=OwnFilesOnly(), base_url=settings.BASE_URL
    )


def _text_of(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    styles: tuple[str, ...] = ("css/pdf.css",),
    language: str | None = None,
    more: str = "",
) -> bytes:
    """A template as PDF. It extends pdf/base.html, which knows `title`, `organisation` and `printed_at`.

    `language` overrides the reader's, as official letters are Turkish whoever prints them. `more` are rules of our own
    for this print alone, such as the number its pages begin with.
    """
    with translation.override(language or translation.get_language()):
        text = render_to_string(
            template, {"organisation": organisation(), "printed_at": timezone.now(), **context}
        )
    page = HTML(string=text, base_url=settings.BASE_URL, url_fetcher=OwnFilesOnly())
    document = page.write_pdf(
        stylesheets=[*(_style(name) for name in styles), *([CSS(string=more)] if more else [])],
        font_config=_fonts(),
        optimize_images=True,
    )
    return bytes(document or b"")
