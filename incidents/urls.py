"""Addresses of 5.3.2 beside the case page."""

from django.urls import path

from incidents.api import dossier as dossier_api
from incidents.api import registers as registers_api
from incidents.views import dossier, public, registers, reports, rota
from processes.urls import converters  # noqa: F401 - registers <case:…>

API = "api/v1/"
BREACH = f"{API}breaches/<case:number>/"

urlpatterns = [
    path("ihlal-bildirimi/", public.report, name="breach-public"),
    path("ihlal-bildirimi/durum/", public.status, name="breach-status"),
    path("breaches/", registers.register, name="breach-register"),
    path("breaches/mine/", public.mine, name="breach-mine"),
    path("breaches/alerts/", registers.alerts, name="breach-alerts"),
    path("breaches/rota/", rota.rota, name="breach-rota"),
    path("breaches/rota/pattern/", rota.pattern, name="breach-rota-pattern"),
    path("breaches/rota/cancel/", rota.cancel_chosen, name="breach-rota-cancel-chosen"),
    path("breaches/rota/<int:pk>/cancel/", rota.rota_cancel, name="breach-rota-cancel"),
    path("breaches/follow-ups/", registers.follow_ups, name="breach-follow-ups"),
    path("breaches/plan/", registers.plan, name="breach-plan"),
    path("reports/5.3.2/", reports.reports, name="breach-reports"),
    path("cases/<case:number>/dossier/", dossier.dossier, name="breach-dossier"),
    path("cases/<case:number>/dossier/evidence.pdf", dossier.evidence_list, name="breach-evidence-list"),
    path(
        "cases/<case:number>/dossier/decision-<int:pk>.pdf",
        dossier.silence_paper,
        name="breach-silence-paper",
    ),
    path("cases/<case:number>/dossier/<slug:key>/", dossier.act, name="breach-act"),
    path("cases/<case:number>/acknowledge/", dossier.acknowledge, name="breach-acknowledge"),
    path(f"{API}breaches/", registers_api.Breaches.as_view(), name="breach-api-register"),
    path(BREACH, dossier_api.Dossier.as_view(), name="breach-api-dossier"),
    path(f"{BREACH}acts/", dossier_api.Acts.as_view(), name="breach-api-acts"),
    path(f"{BREACH}acts/<slug:key>/", dossier_api.TakenAct.as_view(), name="breach-api-act"),
    path(
        f"{BREACH}acknowledgement/", dossier_api.Acknowledgement.as_view(), name="breach-api-acknowledgement"
    ),
    path(f"{BREACH}evidence/list/", dossier_api.EvidenceList.as_view(), name="breach-api-evidence-list"),
    path(
        f"{BREACH}silences/<int:pk>/paper/",
        dossier_api.SilencePaper.as_view(),
        name="breach-api-silence-paper",
    ),
    path(
        f"{BREACH}evidence/<int:pk>/file/",
        dossier_api.EvidenceFile.as_view(),
        name="breach-api-evidence-file",
    ),
    path(f"{API}breach-alerts/", registers_api.Alerts.as_view(), name="breach-api-alerts"),
    path(f"{API}breach-follow-ups/", registers_api.FollowUps.as_view(), name="breach-api-follow-ups"),
    path(f"{API}breach-rota/", registers_api.Rota.as_view(), name="breach-api-rota"),
    path(f"{API}breach-rota/pattern/", registers_api.RotaPattern.as_view(), name="breach-api-rota-pattern"),
    path(f"{API}breach-rota/gaps/", registers_api.RotaGaps.as_view(), name="breach-api-rota-gaps"),
    path(
        f"{API}breach-rota/<int:pk>/cancellation/",
        registers_api.RotaCancellation.as_view(),
        name="breach-api-rota-cancellation",
    ),
    path(f"{API}breach-plan/", registers_api.Plan.as_view(), name="breach-api-plan"),
    path(f"{API}breach-reports/", registers_api.OwnReports.as_view(), name="breach-api-reports"),
]
