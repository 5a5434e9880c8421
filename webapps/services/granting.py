"""What carried-out lines do to the register of authorities: grant, end, and nothing else writes there but reconciliation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Employee
from processes.gate import refused_by_constraint
from webapps.models import Authority, Operation, RequestLine


def carry_out(lines: Sequence[RequestLine], *, at: datetime) -> list[Authority]:
    """Let the register of authorities follow lines that were carried out: endings first, then grants.

    Called under the lock of the request. What is already as asked stays as it is; answers what came or went. A user who is not
    in the staff register has nothing in this one either.
    """
    lines = [line for line in lines if line.employee_id is not None]
    if not lines:
        return []
    held = list(
        Authority.objects.open()
        .filter(
            employee__in={line.employee_id for line in lines},
            application__in={line.application_id for line in lines},
        )
        .select_for_update()
    )
    ended: list[Authority] = []
    for line in lines:
        for authority in held:
            if authority.until is None and ends(line, authority):
                authority.until, authority.ended_by_line = at, line
                ended.append(authority)
    present: set[tuple[int | None, int]] = {
        (one.employee_id, one.role_id) for one in held if one.until is None
    }
    granted: list[Authority] = []
    for line in lines:
        if line.operation not in (Operation.DEFINE, Operation.AUTHORISE):
            continue
        if line.role_id is None or (line.employee_id, line.role_id) in present:
            continue
        assert line.employee is not None
        present.add((line.employee_id, line.role_id))
        granted.append(
            Authority(
                employee_id=line.employee_id,
                application_id=line.application_id,
                role_id=line.role_id,
                institution_id=line.employee.institution_id,
                since=at,
                granted_by_line=line,
            )
        )
    write(granted, ended, ending="ended_by_line")
    return [*granted, *ended]


def leavers(keys: Collection[int | None]) -> dict[int | None, Employee]:
    """Those of these people who left.

    All of them are locked: who leaves at this moment waits, and is then asked about what was granted.
    """
    known = [key for key in keys if key is not None]
    if not known:
        return {}
    people = Employee.objects.filter(pk__in=known).order_by("pk").select_for_update(no_key=True)
    return {one.pk: one for one in people if not one.is_here}


def ends(line: RequestLine, authority: Authority) -> bool:
    """This line takes that authority away."""
    if (line.employee_id, line.application_id) != (authority.employee_id, authority.application_id):
        return False
    return line.operation == Operation.DEACTIVATE or (
        line.operation == Operation.REMOVE and line.role_id == authority.role_id
    )


def write(granted: list[Authority], ended: list[Authority], *, ending: str) -> None:
    """Save grants and endings in two statements; a broken rule speaks its own sentence. The caller tells the trail."""
    try:
        with transaction.atomic():
            if ended:
                Authority.objects.bulk_update(ended, ("until", ending), batch_size=2000)
            if granted:
                Authority.objects.bulk_create(granted, batch_size=2000)
    except IntegrityError as error:
        raise refused_by_constraint(Authority(), error) from error
