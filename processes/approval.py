"""The gate of the catalogue: an edition is prepared, checked and approved by three different people.

Process form: Hazırlayan, Kontrol eden, Onaylayan. The leads prepare and check, the process owner approves; an approved
edition retires the one before it, and running cases keep the edition they began with.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import authority_for
from accounts.models import User
from accounts.roles import Role
from audit import events, trail
from audit.context import because
from processes import rooms
from processes.errors import RuleBroken
from processes.gate import Gate, Move, reason_given
from processes.models import Definition, DefinitionState, StepDefinition
from processes.models.catalogue import STEP_NAME_ENDINGS

State = DefinitionState
PREPARERS: frozenset[str] = frozenset({Role.HIS_LEAD, Role.IT_LEAD, Role.UNIT_HEAD})
APPROVERS: frozenset[str] = frozenset({Role.UNIT_HEAD})

events.name_acts(
    check=gettext_lazy("Edition checked"),
    approve=gettext_lazy("Approved"),
    send_back=gettext_lazy("Sent back to draft"),
    retire=gettext_lazy("Retired"),
)


def only_the_preparer(definition: Definition, by: User) -> str | None:
    """A draft has one author: whoever else touched it could no longer check it."""
    preparer = definition.prepared_by
    if preparer is None or preparer == by:
        return None
    return _("%(person)s is preparing this edition; only they change it.") % {
        "person": preparer.get_full_name()
    }


def not_the_preparer(definition: Definition, by: User) -> str | None:
    """Checking one's own work is no check, nor is checking it in the preparer's name."""
    if definition.prepared_by_id in faces(by, PREPARERS):
        return _("You prepared this edition; another person checks it.")
    return None


def a_third_person(definition: Definition, by: User) -> str | None:
    """Whoever prepared or checked an edition does not approve it, neither themselves nor through a deputy."""
    if {definition.prepared_by_id, definition.checked_by_id} & faces(by, APPROVERS):
        return _("You prepared or checked this edition; a third person approves it.")
    return None


def follows_the_rules(definition: Definition, by: User) -> str | None:
    """The naming and numbering rules of the process form hold."""
    found = faults(definition, list(definition.steps.order_by("position")))
    return found[0] if found else None


def faces(by: User, roles: frozenset[str]) -> set[int]:
    """The person, and the one in whose name they act."""
    authority = authority_for(by, roles)
    lender = authority.on_behalf_of if authority else None
    return {by.pk} | ({lender.pk} if lender else set())


GATE = Gate(
    "definition",
    Definition,
    {
        "prepare": Move(
            gettext_lazy("Change the draft"),
            sources=(State.DRAFT,),
            target=State.DRAFT,
            roles=PREPARERS,
            persons=(only_the_preparer,),
        ),
        "check": Move(
            gettext_lazy("Mark as checked"),
            sources=(State.DRAFT,),
            target=State.CHECKED,
            roles=PREPARERS,
            persons=(not_the_preparer,),
            guards=(follows_the_rules,),
        ),
        "approve": Move(
            gettext_lazy("Approve"),
            sources=(State.CHECKED,),
            target=State.APPROVED,
            roles=APPROVERS,
            persons=(a_third_person,),
            guards=(follows_the_rules,),
        ),
        "send_back": Move(
            gettext_lazy("Send back to draft"), sources=(State.CHECKED,), target=State.DRAFT, roles=PREPARERS
        ),
        "withdraw": Move(
            gettext_lazy("Give up the draft"),
            sources=(State.DRAFT, State.CHECKED),
            target=State.RETIRED,
            roles=PREPARERS,
        ),
        "retire": Move(
            gettext_lazy("Retire"), sources=(State.APPROVED,), target=State.RETIRED, roles=APPROVERS
        ),
    },
)


def check(definition: Definition, *, by: User, reason: str = "", version: int | None = None) -> Definition:
    """Another person read the draft and found it right (Kontrol eden)."""
    with GATE.move("check", definition, by=by, reason=reason, version=version) as locked:
        locked.checked_by, locked.checked_at = by, timezone.now()
    return locked


def approve(definition: Definition, *, by: User, reason: str = "", version: int | None = None) -> Definition:
    """The process owner puts the edition in force (Onaylayan); the one before it retires in the same moment."""
    with GATE.move("approve", definition, by=by, reason=reason, version=version) as locked:
        former = Definition.objects.filter(subprocess=locked.subprocess_id, state=State.APPROVED).first()
        if former is not None:
            with GATE.move("retire", former, by=by):
                pass
        locked.approved_by, locked.approved_at = by, timezone.now()
    return locked


def send_back(definition: Definition, *, by: User, reason: str, version: int | None = None) -> Definition:
    """A checked edition needs another look: it becomes its preparer's draft again."""
    reason_given(reason)
    with GATE.move("send_back", definition, by=by, reason=reason, version=version) as locked:
        locked.checked_by = locked.checked_at = None
    return locked


def withdraw(definition: Definition, *, by: User, reason: str, version: int | None = None) -> Definition:
    """An edition that will not be used is put away; another may then be prepared."""
    reason_given(reason)
    with GATE.move("withdraw", definition, by=by, reason=reason, version=version) as locked:
        pass
    return locked


def adopt(definition: Definition) -> None:
    """Put in force an edition that comes approved from outside: the reference catalogue of a new installation.

    Nobody here prepared or checked it, so no name stands under it.
    """
    with transaction.atomic(), because(step="adopt"):
        changed = Definition.objects.filter(pk=definition.pk, state=State.DRAFT, prepared_by=None).update(
            state=State.APPROVED
        )
        if not changed:
            raise RuleBroken(
                _("Only an edition nobody here prepared comes into force without being checked.")
            )
        definition.refresh_from_db()
        trail.record(definition, "adopted", {"state": [State.DRAFT, State.APPROVED]})


def faults(definition: Definition, steps: list[StepDefinition]) -> list[str]:
    """What the rules of the process form object to, as sentences; empty when the edition may be checked.

    A child's number is its parent's plus one part, numbers follow each other from 1 without a gap (a number may
    stand twice in a row, as 5.3.6.5 does), and a step's name ends in -mesi or -ması. A sub-process that is worked
    on here keeps the steps its room knows.
    """
    if not steps:
        return [_("An edition needs at least one step.")]
    found = [*_frame(definition), *_numbering(definition.subprocess.number, steps)]
    found += [
        _("Step %(number)s: the name must end in -mesi or -ması.") % {"number": step.number}
        for step in steps
        if not step.name.endswith(STEP_NAME_ENDINGS)
    ]
    return found + _steps_of_the_room(definition, {step.key for step in steps})


def _frame(definition: Definition) -> list[str]:
    """5 → 5.3 → 5.3.1: main process and process carry the number the sub-process continues."""
    process = definition.subprocess.number.rpartition(".")[0]
    main_process = process.rpartition(".")[0]
    return [
        _("“%(title)s” must begin with the number %(number)s.") % {"title": title, "number": number}
        for title, number in ((definition.main_process, main_process), (definition.process, process))
        if number and title.partition(" ")[0] != number
    ]


def _numbering(parent: str, steps: list[StepDefinition]) -> list[str]:
    found: list[str] = []
    last = 0
    for step in steps:
        head, _dot, tail = step.number.rpartition(".")
        if head != parent or not tail.isdecimal():
            found.append(
                _("Step %(number)s: its number must be %(parent)s plus one more part.")
                % {"number": step.number, "parent": parent}
            )
            continue
        if int(tail) not in (last, last + 1) or tail == "0":
            found.append(
                _("Step %(number)s: numbers follow each other without a gap; %(expected)s was expected.")
                % {"number": step.number, "expected": f"{parent}.{last + 1}"}
            )
        last = int(tail)
    return found


def _steps_of_the_room(definition: Definition, keys: set[str]) -> list[str]:
    """A room takes steps by their code names: it must find the ones in force, and none it does not know."""
    number = definition.subprocess.number
    if not rooms.has_room(number):
        return []
    in_force = set(
        StepDefinition.objects.filter(
            definition__subprocess=definition.subprocess_id, definition__state=State.APPROVED
        ).values_list("key", flat=True)
    )
    known = set(rooms.room_for(number).flow.moves)
    return [
        _("The step “%(key)s” is worked on in this system and cannot be left out.") % {"key": key}
        for key in sorted(in_force - keys)
    ] + [
        _("This system has no work for a step with the code name “%(key)s”.") % {"key": key}
        for key in sorted(keys - known)
    ]
