"""What is printed once and kept must still differ wherever the reader's page differs."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from processes.models import Case
from processes.templatetags.portal import content


def printed(text: str, **context: Any) -> str:
    """A template as a page would print it."""
    return str(engines["django"].from_string("{% load i18n portal %}" + text).render(context))


@pytest.mark.parametrize(
    ("text", "turkish", "english"),
    [
        ("{% translate 'Cases' %}", "Kayıtlar", "Cases"),
        ("{% translate 'Cases' as word %}<{{ word }}>", "<Kayıtlar>", "<Cases>"),
        ("{% translate word %}", "Kayıtlar", "Cases"),
        ("{% translate 'Cases'|upper %}", "KAYITLAR", "CASES"),
    ],
)
def test_each_reader_is_told_in_their_language_time_and_again(text: str, turkish: str, english: str) -> None:
    template = engines["django"].from_string("{% load i18n portal %}" + text)
    for _turn in range(2):
        with override("tr"):
            assert template.render({"word": "Cases"}) == turkish
        with override("en"):
            assert template.render({"word": "Cases"}) == english


class Choice(forms.Form):
    """A box of words and a choice, as filters have them."""

    q = forms.CharField(label="Words", required=False)
    who = forms.ChoiceField(label="Who", required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = people


ONE, TWO = [("1", "Ayşe")], [("1", "Ayşe"), ("2", "Veli")]


def bar(form: forms.Form) -> str:
    """The bar of filters."""
    request = RequestFactory().get("/")
    return printed('{% include "components/filter_bar.html" %}', form=form, request=request)


def test_the_bar_shows_what_may_be_chosen_now_and_what_was() -> None:
    assert "Veli" not in bar(Choice({}, people=ONE))
    assert "Veli" in bar(Choice({}, people=TWO))
    assert 'value="2" selected' in bar(Choice({"who": "2"}, people=TWO))
    assert " selected" not in bar(Choice({}, people=TWO))
    assert 'value="yazıcı"' in bar(Choice({"q": "yazıcı"}, people=TWO))
    assert "field--wrong" in bar(Choice({"who": "9"}, people=TWO))


def test_equal_filters_are_told_alike_and_different_ones_apart() -> None:
    told = [
        content(form)
        for form in (
            Choice({}, people=ONE),
            Choice({}, people=ONE),
            Choice({}, people=TWO),
            Choice({"q": "a"}, people=TWO),
            Choice({"who": "2"}, people=TWO),
            Choice({"who": "9"}, people=TWO),
        )
    ]
    assert told[0] == told[1]
    assert len(set(told)) == len(told) - 1


def test_a_due_time_is_a_badge_and_after_the_end_only_a_day() -> None:
    assert 'class="badge due badge--wait"' in printed("{% due None %}")
    assert printed("{% due None closed=1 %}") == ""


def test_a_state_is_told_in_the_language_and_the_colour_of_its_own() -> None:
    told = []
    for language in ("tr", "en", "tr"):
        for state in ("reported", "closed"):
            case = Case(number="5.3.6/2026/000001", state=state)
            with override(language):
                told.append(printed("{% load cases %}{% case_state case %}", case=case))
    assert told[:2] == told[4:]
    assert len(set(told)) == 4


def test_the_page_of_a_case_follows_its_number() -> None:
    one, other = Case(number="5.3.6/2026/000001"), Case(number="5.3.6/2026/000002")
    addresses = [case.get_absolute_url() for case in (one, other, one)]
    assert addresses == [
        "/cases/5.3.6/2026/000001/",
        "/cases/5.3.6/2026/000002/",
        "/cases/5.3.6/2026/000001/",
    ]
