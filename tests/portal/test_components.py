"""The page of components: everything on it prints, in both languages, and nothing on it breaks the security policy."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from accounts.roles import Role
from processes.renderers import PortalRenderer
from processes.views.developer import SampleFilter, SampleForm
from tests.accounts.people import person, signed_in_client

ADDRESS = "/developer/components/"
COMPONENTS = sorted((settings.BASE_DIR / "templates" / "components").glob("*.html"))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.fixture
def page(db: None) -> str:
    return signed_in_client(person(Role.HIS_LEAD)).get(ADDRESS).content.decode()


def printed(source: str, **values: Any) -> str:
    request = values.pop("request", None)
    return engines["django"].from_string("{% load portal %}" + source).render(values, request)


def test_the_page_is_for_the_unit(db: None) -> None:
    assert signed_in_client(person(Role.REQUESTING_STAFF)).get(ADDRESS).status_code == 403


def test_the_page_is_not_there_in_production(db: None, settings: Any) -> None:
    client = signed_in_client(person(Role.HIS_LEAD))
    settings.DEMO, settings.MODE = False, "production"

    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_what_it_takes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.startswith("{% comment %}\n")


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_is_used(path: Path) -> None:
    code = (settings.BASE_DIR / "processes").glob("**/*.py")
    places = [*(other for other in TEMPLATES if other != path), *code]

    assert any(f"components/{path.name}" in place.read_text(encoding="utf-8") for place in places)


def test_nothing_is_styled_or_scripted_in_place(page: str) -> None:
    assert not re.findall(r'\sstyle="|\son[a-z]+="|<style|<script(?![^>]*\bsrc=)|javascript:', page)


def test_no_id_is_given_twice(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert sorted(ids) == sorted(set(ids))


def test_the_page_has_one_heading_of_the_first_rank(page: str) -> None:
    assert page.count("<h1") == 1


def test_every_drawing_named_in_a_template_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text()))
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8"))
    }

    assert named <= drawn


def test_a_form_tells_what_is_wrong_at_the_top_and_at_the_field() -> None:
    html = str(SampleForm({"channel": "pigeon"}, auto_id="f_%s"))

    assert '<a href="#f_title">Konu: ' in html
    assert 'id="f_title_error"' in html
    assert 'aria-describedby="f_title_helptext f_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_field_says_when_it_may_stay_empty() -> None:
    form = SampleForm()

    assert ["isteğe bağlı" in str(form[name].as_field_group()) for name in ("title", "text")] == [False, True]


def test_several_ticks_are_one_group() -> None:
    html = str(SampleForm()["controls"].as_field_group())

    assert html.count("<fieldset") == html.count("<legend") == 1


def test_a_picker_works_without_a_script() -> None:
    form = SampleForm({"institution_text": "Gülpınar"})

    assert form["institution"].value() == "Gülpınar"
    assert 'name="institution_text"' in str(form["institution"])


def test_a_filter_in_force_can_be_taken_away() -> None:
    request = RequestFactory().get("/", {"state": "open", "since": "2026-11-22", "cursor": "x"})
    html = render_to_string(
        "components/filter_bar.html", {"form": SampleFilter(request.GET), "main": ["q"]}, request=request
    )

    assert 'href="?state=open"' in html
    assert 'href="?since=2026-11-22"' in html
    assert "<b>Açık</b>" in html
    assert "<b>22.11.2026</b>" in html
    assert '<details class="filters__more" open>' in html


def test_query_changes_one_parameter_and_keeps_the_others() -> None:
    request = RequestFactory().get("/", {"state": "open", "tag": ["a", "b"], "cursor": "x"})

    address = printed('{% query sort="-due" cursor=None %}', request=request)

    assert address == "?state=open&amp;tag=a&amp;tag=b&amp;sort=-due"


@pytest.mark.parametrize(
    ("current", "expected"), [("", "?sort=due"), ("due", "?sort=-due"), ("-due", "?sort=due")]
)
def test_a_head_sorts_upwards_and_then_downwards(current: str, expected: str) -> None:
    request = RequestFactory().get("/", {"cursor": "x"})

    assert printed('{% sort_query "due" current %}', request=request, current=current) == expected


@pytest.mark.parametrize(("state", "tone"), [("closed", "calm"), ("refused", "late"), ("received", "wait")])
def test_a_state_without_a_meaning_has_no_colour(state: str, tone: str) -> None:
    assert (
        printed('{% state_badge "Durum" state %}', state=state)
        == f'<span class="badge badge--{tone}">Durum</span>'
    )


def test_a_button_that_is_refused_says_why_and_does_nothing() -> None:
    html = render_to_string("components/button.html", {"label": "Kapat", "refused": "İki kontrol eksik."})

    assert 'type="button"' in html
    assert 'aria-disabled="true"' in html
    assert "İki kontrol eksik." in html


def test_a_row_without_an_address_is_not_a_link() -> None:
    row = SimpleNamespace(pk=1, number="5.3.6/2026/000001")

    assert printed("{% row_address row %}", row=row) == ""


def test_a_closed_case_shows_its_date_only() -> None:
    now = timezone.now()

    assert "badge" not in printed("{% due at closed=True %}", at=now)


def test_words_from_outside_are_escaped() -> None:
    html = render_to_string("components/person.html", {"name": "<b>Ali</b>", "place": "<i>x</i>"})

    assert "<b>" not in html
    assert "<i>" not in html


def test_the_renderer_is_the_one_of_the_settings() -> None:
    assert f"{PortalRenderer.__module__}.{PortalRenderer.__qualname__}" == settings.FORM_RENDERER
