"""Addresses of the desk, the lists and the case page."""

from django.urls import path

from processes.urls import converters  # noqa: F401 - registers <case:…>
from processes.views import cases, home, insiders, intake, lists, search

urlpatterns = [
    path("", home.home, name="home"),
    path("new/", intake.case_new, name="case-new"),
    path("new/similar/", intake.case_similar, name="case-similar"),
    path("search/", search.search, name="search"),
    path("cases/", lists.case_list, name="case-list"),
    path("cases/bulk/", lists.case_bulk, name="case-bulk"),
    path("cases/<case:number>/", cases.case, name="case"),
    path("cases/<case:number>/due/", cases.case_due, name="case-due"),
    path("cases/<case:number>/pdf/", cases.case_pdf, name="case-pdf"),
    path("cases/<case:number>/steps/<slug:key>/", cases.case_step, name="case-step"),
    path("cases/<case:number>/handle/", cases.case_handle, name="case-handle"),
    path("cases/<case:number>/pause/", cases.case_pause, name="case-pause"),
    path("cases/<case:number>/resume/", cases.case_resume, name="case-resume"),
    path("cases/<case:number>/assign/", cases.case_assign, name="case-assign"),
    path("cases/<case:number>/link/", cases.case_link, name="case-link"),
    path("cases/<case:number>/unlink/<int:pk>/", cases.case_unlink, name="case-unlink"),
    path("cases/<case:number>/insiders/", insiders.case_insiders, name="case-insiders"),
    path("cases/<case:number>/insiders/<int:pk>/end/", insiders.case_insider_end, name="case-insider-end"),
]
