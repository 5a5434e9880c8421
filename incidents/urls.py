"""Addresses of 5.3.2 beside the case page."""

from django.urls import path

from incidents.views import dossier, public, registers, reports
from processes.urls import converters  # noqa: F401 - registers <case:…>

urlpatterns = [
    path("ihlal-bildirimi/", public.report, name="breach-public"),
    path("ihlal-bildirimi/durum/", public.status, name="breach-status"),
    path("breaches/", registers.register, name="breach-register"),
    path("breaches/mine/", public.mine, name="breach-mine"),
    path("breaches/alerts/", registers.alerts, name="breach-alerts"),
    path("breaches/rota/", registers.rota, name="breach-rota"),
    path("breaches/rota/<int:pk>/cancel/", registers.rota_cancel, name="breach-rota-cancel"),
    path("breaches/follow-ups/", registers.follow_ups, name="breach-follow-ups"),
    path("breaches/plan/", registers.plan, name="breach-plan"),
    path("reports/5.3.2/", reports.reports, name="breach-reports"),
    path("cases/<case:number>/dossier/", dossier.dossier, name="breach-dossier"),
    path("cases/<case:number>/dossier/<slug:key>/", dossier.act, name="breach-act"),
    path("cases/<case:number>/acknowledge/", dossier.acknowledge, name="breach-acknowledge"),
]
