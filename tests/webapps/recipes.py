"""Right answers to the forms of 5.3.7, for the tests that hold for every room.

One letter with three users: the first lacks a condition, the second is done by the unit, the third by the support.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from processes.models import Case
from tests.accounts.people import employee, person
from webapps import reconciling, reviewing
from webapps.models import Application, AppRole, Condition, RequestLine

HANDED_TO = "5.3.4"
USERS = ("WA000001", "WA000002", "WA000003")
LINES = f"""{USERS[0]}; Yetkilendirme; TST:KONTROL
{USERS[1]}; Tanımlama; TST:RAPOR
{USERS[2]}; Yetkilendirme; TST:RAPOR
"""


def registered() -> Application:
    """An application with two roles, one of them under a condition, and three members of staff."""
    found = Application.objects.filter(code="TST").first()
    if found is not None:
        return found
    with transaction.atomic():
        application = Application.objects.create(
            name="Deneme Uygulaması", code="TST", owner="Sağlık Bilgi Sistemleri", support_channel="Destek"
        )
        checked = AppRole.objects.create(application=application, name="Kontrol Sorumlusu", code="KONTROL")
        AppRole.objects.create(application=application, name="Raporlayıcı", code="RAPOR")
        Condition.objects.create(
            application=application,
            role=checked,
            text="Eğitim belgesi var",
            rejection="Eğitim belgesi sunulmamıştır.",
        )
        for number in USERS:
            employee(registry_no=number)
    return application


def line(case: Case | None, position: int) -> str:
    """The key of a line of the request."""
    found = RequestLine.objects.filter(request=case.pk if case else 0, position=position).first()
    return str(found.pk) if found else ""


def with_support(case: Case | None) -> bool:
    """The third line has gone to the software support."""
    lines = RequestLine.objects.filter(request=case.pk if case else 0, position=3)
    return lines.exclude(support_number="").exists()


def values(key: str, case: Case | None, people: dict[str, User]) -> dict[str, Any]:
    """What a person writes into the form of a step."""
    match key:
        case "request":
            registered()
            return {
                "title": "Yetki talebi",
                "lines": LINES,
                "applicant": people[Role.REQUESTING_UNIT_HEAD].pk,
                "channel": "letter",
            }
        case "evaluate":
            return {"refusal": ""}
        case "reject":
            return {"note": "Gerekçe yazıyla bildirilecek."}
        case "perform":
            return {
                "done": [line(case, 2)],
                "evidence": "Ekran görüntüsü alındı.",
                "ticket": "YD-2026-1",
            }
        case "escalate":
            return {"solved": [line(case, 3)] if with_support(case) else [], "answer": "Tanımlandı."}
        case "inform":
            return {"answer_channel": "portal", "answer_note": "Sonuç bildirildi."}
        case "enter":
            return {"lines": LINES}
        case "hand_over":
            return {"to": HANDED_TO, "reason": "Donanım arızası."}
        case "withdraw":
            return {"reason": "Gerek kalmadı."}
    raise KeyError(key)


def all_over_the_api() -> dict[str, dict[str, Any]]:
    """Records for questions to the whole API, by the first word of their addresses."""
    officer, application, someone = person(Role.IT_OFFICER), registered(), employee()
    file = BytesIO(f"Sicil No;Rol\n{someone.registry_no};RAPOR\nX1;RAPOR\n".encode())
    run = reconciling.compare(application, file, "liste.csv", by=officer).run
    reconciling.accept(run.differences.get(employee=someone), by=officer, reason="Yazısı bulundu.")
    review = reviewing.begin(
        by=officer,
        title="Gözden geçirme",
        applications=[application],
        deadline=timezone.localdate(),
        reviewer=officer,
    )
    return {
        "web-application-comparisons": {"id": run.pk},
        "web-application-differences": {"id": run.differences.get(login="X1").pk},
        "access-reviews": {"id": review.pk},
        "access-review-parts": {"id": review.parts.get().pk},
    }
