"""The pages of a version as its readers turn them, and which of them have to be looked at as they are printed."""

from __future__ import annotations

from security_docs import texts
from security_docs.models import Reading, Version, VersionState


def pages_of(version: Version) -> list[str]:
    """The text of each page: those of a PDF or of a Word file as it was set, else the text cut into pages.

    What was counted otherwise before it was approved stays as it was counted: it is signed page by page.
    """
    if version.leaves is not None:
        found = texts.taken_apart(version.laid_out_text if version.laid_out_id else version.text)
        if version.state == VersionState.DRAFT or version.page_count == len(found):
            return found
    return texts.pages(version.text)


def must_be_opened(reading: Reading, page: int) -> bool:
    """The page says nothing as text, and was not given out to this person as it looks yet."""
    if reading.version.leaves is None or page in reading.pages_opened:
        return False
    pages = pages_of(reading.version)
    return page <= len(pages) and texts.is_picture(pages[page - 1])
