"""Reading the users of a letter: typed row by row, pasted from a table, or sent by a program.

One user a line: registry number or name; operation; role. Columns are parted by semicolons or tabs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Employee, User
from accounts.models.staff import registry_key, registry_key_of
from accounts.turkish import fold
from webapps.models import GRANTING, Application, AppRole, Operation, RequestLine

MOST = 100
MOST_LOGIN = 60
WORDS: dict[str, frozenset[str]] = {
    Operation.DEFINE: frozenset(
        {"tanimlama", "tanimla", "kullanici tanimlama", "define", "define the user", "define user"}
    ),
    Operation.AUTHORISE: frozenset(
        {"yetkilendirme", "yetkilendir", "yetki verme", "yetki ver", "authorise", "authorize"}
    ),
    Operation.REMOVE: frozenset(
        {"yetki silme", "yetki sil", "yetki kaldirma", "yetki iptali", "remove", "remove an authority"}
    ),
    Operation.DEACTIVATE: frozenset(
        {"pasife alma", "pasife al", "pasif", "kapatma", "deactivate", "deactivate the user"}
    ),
}
HEADS = frozenset(
    {"sicil", "sicil no", "sicil numarasi", "personel", "registry number", "kullanici", "ad soyad"}
)


@dataclass(frozen=True)
class Entry:
    """One user of a letter, found in the registers; after a comparison also one the registers do not know.

    Such a user has a `login` and perhaps the name the list gave instead of an employee, such a role its `role_text`.
    """

    application: Application
    employee: Employee | None
    operation: str
    role: AppRole | None = None
    login: str = ""
    listed_name: str = ""
    role_text: str = ""

    def line(self, position: int) -> RequestLine:
        """The line as it is kept; the request is set by whoever saves it."""
        return RequestLine(
            position=position,
            application=self.application,
            employee=self.employee,
            login=self.login,
            listed_name=self.listed_name,
            operation=self.operation,
            role=self.role,
            role_text=self.role_text,
        )

    @property
    def key(self) -> tuple[object, ...]:
        """What may stand in a request once."""
        who = self.employee.pk if self.employee else self.login
        return (who, self.application.pk, self.operation, self.role.pk if self.role else self.role_text)


@dataclass(frozen=True)
class Cells:
    """One typed line, cut into its columns. `place` is its number as the person counts.

    `application` is the code written before the role, as in “IZP:RAPOR”.
    """

    place: int
    who: str
    operation: str
    application: str
    role: str


def read(
    text: str, application: Application | None, by: User, *, after_comparison: bool = False
) -> tuple[list[Entry], list[str]]:
    """The users of a text, and a sentence for every line that cannot be taken. Two queries however many lines.

    `after_comparison` an account may be ended that belongs to nobody on the staff, or a role that is in no catalogue.
    """
    rows = cut(text)
    if len(rows) > MOST:
        return [], [_("A request holds at most %(most)d users; divide the letter.") % {"most": MOST}]
    people = _people([row.who for row in rows], by)
    known, roles = _catalogue(rows, application)
    found: list[Entry] = []
    wrong: list[str] = []
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        chosen = known.get(row.application) if row.application else application
        entry = _entry(row, chosen, people, roles, after_comparison=after_comparison)
        if isinstance(entry, str):
            wrong.append(_("Line %(place)d: %(sentence)s") % {"place": row.place, "sentence": entry})
            continue
        if entry.key not in seen:
            seen.add(entry.key)
            found.append(entry)
    return found, wrong


def cut(text: str) -> list[Cells]:
    """The lines of a text without empty ones and without the head of a table."""
    rows: list[Cells] = []
    for place, line in enumerate(text.splitlines(), start=1):
        parts = [part.strip() for part in line.replace("\t", ";").split(";")]
        if not any(parts) or (not rows and fold(parts[0]) in HEADS):
            continue
        who, operation, role = (*parts, "", "", "")[:3]
        code, colon, name = role.partition(":")
        rows.append(
            Cells(
                place,
                who.partition(" ")[0] if is_key(who.partition(" ")[0]) else who,
                operation,
                code.strip() if colon else "",
                name.strip() if colon else role,
            )
        )
    return rows


def written(lines: Iterable[RequestLine]) -> str:
    """Lines as the text they can be read from again."""
    return "\n".join(
        "; ".join(
            (
                (line.employee.registry_no or f"#{line.employee_id}") if line.employee else line.login,
                str(Operation(line.operation).label),
                f"{line.application.code}:{line.role.code if line.role else line.role_text}",
            )
        )
        for line in lines
    )


def operation_of(words: str) -> str:
    """The operation somebody wrote; empty when it is none."""
    if words in Operation.values:
        return words
    folded = fold(words)
    return next(
        (key for key, known in WORDS.items() if folded in known or folded == fold(str(Operation(key).label))),
        "",
    )


def _entry(
    row: Cells,
    application: Application | None,
    people: dict[str, list[Employee]],
    roles: dict[tuple[int, str], list[AppRole]],
    *,
    after_comparison: bool,
) -> Entry | str:
    """The line as found in the registers, or why it cannot be taken."""
    if not row.who:
        return _("Write the registry number or the name of the user.")
    candidates = people.get(registry_key(row.who)) or people.get(fold(row.who)) or []
    is_account = after_comparison and not is_key(row.who) and len(row.who) <= MOST_LOGIN
    if not candidates and not is_account:
        return _("“%(who)s” is not in the staff register.") % {"who": row.who}
    if len(candidates) > 1:
        return _("Several people are called “%(who)s”; write the registry number.") % {"who": row.who}
    operation = operation_of(row.operation)
    if not operation:
        return _("“%(words)s” is no operation: define, authorise, remove, deactivate.") % {
            "words": row.operation
        }
    employee = candidates[0] if candidates else None
    if employee is None and operation in GRANTING:
        return _("“%(who)s” is not in the staff register; nothing can be granted.") % {"who": row.who}
    if employee is not None and operation in GRANTING and not employee.is_here:
        return _("%(name)s has left; nothing can be granted.") % {"name": employee.full_name}
    if application is None:
        return _("Choose the web application, or write its code before the role: CODE:ROLE.")
    login = "" if employee else row.who
    if operation == Operation.DEACTIVATE:
        return Entry(application, employee, operation, login=login)
    named = roles.get((application.pk, row.role)) or roles.get((application.pk, fold(row.role))) or []
    if not named and after_comparison and operation == Operation.REMOVE and 0 < len(row.role) <= MOST_LOGIN:
        return Entry(application, employee, operation, login=login, role_text=row.role)
    if not row.role or not named:
        return _("“%(role)s” is no role of %(application)s.") % {
            "role": row.role,
            "application": application.name,
        }
    if len(named) > 1:
        return _("Several roles are called “%(role)s”; write the role's code.") % {"role": row.role}
    if not named[0].is_active and operation in GRANTING:
        return _("The role “%(role)s” is out of use.") % {"role": row.role}
    return Entry(application, employee, operation, named[0], login=login)


def _people(words: Sequence[str], by: User) -> dict[str, list[Employee]]:
    """Those the person may know of, by registry number, folded name, or “#” and key."""
    keys = [int(word[1:]) for word in words if is_key(word)]
    wanted = (
        Q(number__in={registry_key(word) for word in words})
        | Q(search_key__in=[fold(word) for word in words])
        | Q(pk__in=keys)
    )
    found: dict[str, list[Employee]] = {}
    people = Employee.objects.visible_to(by).alias(number=registry_key_of("registry_no"))
    for employee in people.filter(wanted).select_related("institution"):
        number = registry_key(employee.registry_no or "")
        for name in {number, employee.search_key, f"#{employee.pk}"}:
            if name:
                found.setdefault(name, []).append(employee)
    return found


def _catalogue(
    rows: Sequence[Cells], application: Application | None
) -> tuple[dict[str, Application], dict[tuple[int, str], list[AppRole]]]:
    """The applications meant, by code, and their roles, by application and code or folded name; one query."""
    codes = {row.application for row in rows if row.application} | (
        {application.code} if application else set()
    )
    known: dict[str, Application] = {application.code: application} if application else {}
    roles: dict[tuple[int, str], list[AppRole]] = {}
    meant = AppRole.objects.filter(application__code__in=codes, application__is_active=True)
    for role in meant.select_related("application") if codes else ():
        known.setdefault(role.application.code, role.application)
        for name in {role.code, fold(role.code), role.search_key}:
            roles.setdefault((role.application_id, name), []).append(role)
    return known, roles


def is_key(word: str) -> bool:
    """“#” and a key, as a picker hands it on."""
    return word.startswith("#") and word[1:].isascii() and word[1:].isdigit() and len(word) < 19
