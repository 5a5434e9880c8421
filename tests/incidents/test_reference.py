"""A fresh installation can decide on a breach; what the unit head keeps is not loaded over."""

from __future__ import annotations

import io
from pathlib import Path

from django.core.management import call_command

from incidents import forms, queries
from incidents.models import Breach, Category, ChecklistItem
from tests.incidents.walking import Team, report

CHECKOUT = Path(__file__).resolve().parents[2]


def begun() -> str:
    out = io.StringIO()
    call_command("breach_checklists", first=True, stdout=out)
    return out.getvalue()


def test_a_fresh_installation_has_categories_to_decide_by(team: Team, breach: Breach) -> None:
    assert not queries.in_the_way(breach, ["contain"])

    begun()

    form = forms.DecideForm(case=breach, by=team.lead)
    assert len(form.fields["category"].queryset) == 10  # type: ignore[attr-defined]  # a choice of rows
    assert ChecklistItem.objects.filter(category__isnull=True).count() == 4


def test_lines_for_every_category_are_taken_over_before_there_is_one(team: Team) -> None:
    begun()

    breach = report(team)

    assert breach.category is None
    assert breach.tasks.count() == 4


def test_a_renamed_category_does_not_come_back_at_the_next_start(team: Team) -> None:
    begun()
    Category.objects.filter(name="İnsan hatası").update(name="Kullanıcı hatası")

    assert begun() == "0 lines added\n"
    assert not Category.objects.filter(name="İnsan hatası").exists()


def test_the_composed_installation_loads_them() -> None:
    assert "manage.py breach_checklists --first" in (CHECKOUT / "docker-compose.yml").read_text()
