"""The tool for the Turkish catalogues, on a little house of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.support import Translations

from config import translations

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

TITLE = _("Open" " the case")
ROWS = ngettext("%(count)s row", "%(count)s rows", 2)
MONTH = pgettext("calendar", "May")
"""
TEMPLATE = """{% load i18n %}
<h1 title="{% translate 'Say "when"' %}">{{ word|default:_("Nobody") }}</h1>
{% blocktranslate count n=rows %}One { line {% plural %}{{ n }} lines{% endblocktranslate %}
  {% if (a and b) %} it's unbalanced ( {% endif %}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "audit/templates/audit").mkdir(parents=True)
    (tmp_path / "audit/migrations").mkdir()
    (tmp_path / "audit/code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "audit/migrations/0001.py").write_text('_("never asked for")', encoding="utf-8")
    (tmp_path / "audit/templates/audit/page.html").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def translate(house: Path, **words: str) -> None:
    """Fill the empty translations in the order of the catalogue: every one gets the words of its text."""
    path = translations.catalogue_path("audit", house)
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _space, text = line.partition(" ")
        lines.append(line)
        if key in {"msgid", "msgid_plural"}:
            said = text
        elif key.startswith("msgstr") and text == '""' and len(lines) > 2:
            lines[-1] = f"{key} {said}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_update_finds_the_texts_of_code_and_templates_but_not_of_migrations(house: Path) -> None:
    found = set(translations.texts("audit", house))

    assert found == {
        ("Open the case", ""),
        (("%(count)s row", "%(count)s rows"), ""),
        ("May", "calendar"),
        ('Say "when"', ""),
        ("Nobody", ""),
        (("One { line ", "%(n)s lines"), ""),
    }


def test_update_counts_what_is_left_to_translate_and_a_second_update_changes_nothing(house: Path) -> None:
    assert translations.update("audit", house) == 6
    translate(house)
    before = translations.catalogue_path("audit", house).read_bytes()

    assert translations.update("audit", house) == 0
    assert translations.catalogue_path("audit", house).read_bytes() == before
    assert b"#: audit/code.py\n" in before
    assert b"Date" not in before


def test_check_is_silent_when_everything_is_translated(house: Path) -> None:
    translations.update("audit", house)
    translate(house)

    assert translations.problems(house) == []


def test_check_names_a_text_that_is_missing_in_the_catalogue(house: Path) -> None:
    assert "audit: missing: 'May' (audit/code.py)" in translations.problems(house)


def test_check_names_a_text_without_translation(house: Path) -> None:
    translations.update("audit", house)

    assert "audit: not translated: 'May'" in translations.problems(house)


def changed(house: Path, old: str, new: str) -> list[str]:
    translations.update("audit", house)
    translate(house)
    path = translations.catalogue_path("audit", house)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return translations.problems(house)


def test_check_names_a_doubtful_translation(house: Path) -> None:
    assert changed(house, 'msgid "Nobody"', '#, fuzzy\nmsgid "Nobody"') == [
        "audit: doubtful (fuzzy): 'Nobody'"
    ]


def test_check_names_a_translation_that_loses_a_value(house: Path) -> None:
    problems = changed(house, 'msgstr[1] "%(count)s rows"', 'msgstr[1] "%(number)s satır"')

    assert problems == ["audit: other values in the translation of ('%(count)s row', '%(count)s rows')"]


def test_check_names_what_is_no_longer_used(house: Path) -> None:
    translations.update("audit", house)
    translate(house)
    (house / "audit/code.py").write_text(CODE.replace("May", "June"), encoding="utf-8")

    assert translations.problems(house) == [
        "audit: missing: 'June' (audit/code.py)",
        "audit: no longer used: 'May'",
    ]


def test_check_names_a_text_two_apps_translate_differently(house: Path) -> None:
    (house / "accounts").mkdir()
    (house / "accounts/code.py").write_text('from x import gettext as _\n_("Nobody")', encoding="utf-8")
    translations.update("audit", house)
    translate(house)
    translations.update("accounts", house)
    path = translations.catalogue_path("accounts", house)
    path.write_text(
        path.read_text(encoding="utf-8").replace('msgstr "Nobody"', 'msgstr "Kimse"'), encoding="utf-8"
    )

    assert translations.problems(house) == [
        "accounts: 'Nobody' is translated otherwise in audit; give one of them a context"
    ]


def test_compile_writes_only_what_is_older_than_its_catalogue(house: Path) -> None:
    translations.update("audit", house)
    translate(house)

    assert [path.name for path in translations.compile_stale(house)] == ["django.mo"]
    assert translations.compile_stale(house) == []


def test_the_compiled_catalogue_answers(house: Path) -> None:
    changed(house, 'msgstr "Nobody"', 'msgstr "Hiç kimse"')
    (path,) = translations.compile_stale(house)

    with path.open("rb") as source:
        assert Translations(source).gettext("Nobody") == "Hiç kimse"
