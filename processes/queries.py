"""Reads of cases that more than one door needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from accounts.authority import works_in_unit
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF
from processes import catalogue, rooms
from processes.confidential import no_such_case
from processes.models import Case, CaseInsider, CaseLink, Revision, SavedView, StepRun
from processes.models.case import CaseQuerySet, apart_from_hidden

LINK = JSONObject(
    pk="pk",
    kind="kind",
    source="source__number",
    source_title="source__title",
    target="target__number",
    target_title="target__title",
)
IN_A_ROW = (
    "number",
    "state",
    "title",
    "channel",
    "due_at",
    "queue_at",
    "waiting_since",
    "opened_at",
    "closed_at",
    "is_confidential",
    "applicant_institution__name",
    "assignee__first_name",
    "assignee__last_name",
    "assignee__username",
    "step__number",
    "step__short_name",
)
ADMITTED = JSONObject(first_name="person__first_name", last_name="person__last_name", reason="reason")
RELATED = ("applicant", "applicant_institution", "assignee")


def cases_for_list(user: User) -> CaseQuerySet[Case]:
    """The cases a person may see, with what a list row prints, and no more: half the time of a wide row is its columns."""
    rows = Case.objects.visible_to(user).select_related("applicant_institution", "assignee", "step")
    return rows.only(*IN_A_ROW)


def case_for(user: User, number: str) -> Case:
    """One case with its room's own record and its links (`links_told`), for this person.

    Raises NotFound for a number that does not exist and for a case that is not theirs alike.
    """
    room = _room(number)
    rows = room.enriched(room.flow.model.objects.visible_to(user).light())
    return _one(
        rows.select_related(*RELATED, *room.related).annotate(links_told=ArraySubquery(links_for(user))),
        number,
    )


def record_for(user: User, number: str) -> Case:
    """The same case for somebody who acts on it: its room's own record, without what only its page prints."""
    return _one(_room(number).flow.model.objects.visible_to(user).light(), number)


def _room(number: str) -> rooms.Room:
    head = number.partition("/")[0]
    if not rooms.has_room(head):
        raise no_such_case(number)
    return rooms.room_for(head)


def _one(rows: QuerySet[Case], number: str) -> Case:
    try:
        found = rows.get(number=number)
    except ObjectDoesNotExist:
        raise no_such_case(number) from None
    catalogue.place(found)
    return found


def links_for(user: User) -> QuerySet[CaseLink, Any]:
    """The links of the case an outer query reads; those with a case hidden from this person are left out."""
    of_case = Q(source=OuterRef("pk")) | Q(target=OuterRef("pk"))
    seen = apart_from_hidden(user, "source") & apart_from_hidden(user, "target")
    return CaseLink.objects.filter(of_case, seen).order_by("made_at").values(told=LINK)


def with_insiders(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Read cases together with who was let in (`insiders_told`): for a room whose cases are confidential as a rule."""
    told = CaseInsider.objects.in_force().filter(case_id=OuterRef("pk")).order_by("added_at", "pk")
    return cases.annotate(insiders_told=ArraySubquery(told.values(told=ADMITTED)))


def insiders_of(case: Case) -> list[dict[str, str]]:
    """Who was let into a case and why, the first one first: as read with it, or asked for now."""
    if hasattr(case, "insiders_told"):
        return list(case.insiders_told)
    rows = CaseInsider.objects.in_force().filter(case_id=case.pk).order_by("added_at", "pk")
    return list(rows.values_list(ADMITTED, flat=True))


def runs_of(case: Case) -> list[StepRun]:
    """The steps a case went through, oldest first, with the people who took them."""
    runs = list(case.runs.select_related("ended_by", "on_behalf_of").order_by("entered_at", "id"))
    steps = {step.pk: step for step in catalogue.sheet(case.definition_id).steps}
    for run in runs:
        if run.step_id in steps:
            run.step = steps[run.step_id]
    return runs


def documents_of(case: Case, *, internal: bool) -> list[Revision]:
    """The last revision of every file of a case, oldest file first, each with its document; one query."""
    revisions = Revision.objects.filter(document__case=case).select_related("document__added_by", "file")
    if not internal:
        revisions = revisions.filter(document__is_internal=False)
    last: dict[int, Revision] = {}
    for revision in revisions.order_by("document__added_at", "document_id", "number"):
        last[revision.document_id] = revision
    return list(last.values())


def views_of(user: User, list_name: str) -> list[SavedView]:
    """The saved views of a list: one's own, and those shared with the unit when one works there."""
    mine = Q(owner=user)
    readable = mine | Q(is_shared=True) if works_in_unit(user) else mine
    return list(SavedView.objects.filter(readable, list_name=list_name))


def staff_choices() -> list[tuple[int, str]]:
    """The unit's staff for a choice: keys and names. A change shows within a minute; who is chosen is asked again."""
    return cache.get_or_set("staff-choices", _staff, 60) or []


def _staff() -> list[tuple[int, str]]:
    return [(one.pk, one.full_name) for one in people_with_role(*UNIT_STAFF)]


def capped_counts(rows: Sequence[QuerySet[Any, Any]], most: int) -> list[int]:
    """How many rows each query has, counted no further than `most`: one statement, however many cases there are."""
    compiled = [one.order_by().values("pk")[:most].query.sql_with_params() for one in rows]
    # The statements are Django's own; every value travels apart from them.
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _values in compiled)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _sql, values in compiled for value in values])
        return list(cursor.fetchone())
