"""Addresses of 5.3.1 beside the case page; `/duyurular/` is the directorate's public page."""

from django.urls import path

from processes.urls import converters  # noqa: F401 - registers <case:…>
from security_docs.api import documents as documents_api
from security_docs.api import evaluation as evaluation_api
from security_docs.api import readings as readings_api
from security_docs.api import trainings as trainings_api
from security_docs.views import (
    announcements,
    documents,
    evaluation,
    gaps,
    proofs,
    readings,
    reports,
    trainings,
    versions,
)

VERSION = "documents/<int:pk>/v<int:number>/"
CASE = "cases/<case:number>/"
API = "api/v1/"
DOCUMENT_API = f"{API}security-documents/<int:pk>/"
VERSION_API = f"{DOCUMENT_API}versions/<int:number>/"
ANNOUNCEMENT_API = f"{API}security-announcements/<int:pk>/"
READING_API = f"{API}security-readings/<int:pk>/"

urlpatterns = [
    path("documents/", documents.document_list, name="security-documents"),
    path("documents/new/", documents.document_new, name="security-document-new"),
    path("documents/gaps/", evaluation.gaps, name="security-gaps"),
    path("documents/new-version/", versions.version_begin, name="security-version-begin"),
    path("documents/<int:pk>/", documents.document, name="security-document"),
    path("documents/<int:pk>/edit/", documents.document_edit, name="security-document-edit"),
    path("documents/<int:pk>/end/", documents.document_end, name="security-document-end"),
    path("documents/<int:pk>/review/", documents.document_review, name="security-document-review"),
    path("documents/<int:pk>/readers/", documents.readers_add, name="security-readers-add"),
    path(
        "documents/<int:pk>/readers/<int:group>/remove/",
        documents.readers_remove,
        name="security-readers-remove",
    ),
    path("documents/<int:pk>/new-version/", versions.version_new, name="security-version-new"),
    path(VERSION, versions.version, name="security-version"),
    path(f"{VERSION}edit/", versions.version_edit, name="security-version-edit"),
    path(f"{VERSION}move/<slug:verb>/", versions.version_move, name="security-version-move"),
    path(f"{VERSION}pdf/", versions.version_pdf, name="security-version-pdf"),
    path(f"{VERSION}file/", versions.version_file, name="security-version-file"),
    path(f"{VERSION}compare/<int:other>/", versions.version_compare, name="security-version-compare"),
    path(f"{VERSION}proof/", proofs.version_proof, name="security-version-proof"),
    path(f"{VERSION}proof/pdf/", proofs.proof_new, name="security-proof-new"),
    path("documents/proof/<int:pk>/", proofs.proof_paper, name="security-proof-paper"),
    path("documents/proof/<int:pk>/pdf/", proofs.proof_file, name="security-proof-file"),
    path(f"{VERSION}paper/", readings.paper_new, name="security-paper-new"),
    path("documents/paper/<int:pk>/", readings.paper, name="security-paper"),
    path("documents/paper/<int:pk>/pdf/", readings.paper_pdf, name="security-paper-pdf"),
    path("trainings/", trainings.training_list, name="security-trainings"),
    path("trainings/new/", trainings.training_new, name="security-training-new"),
    path("trainings/many/", trainings.training_many, name="security-training-many"),
    path("trainings/missing/", trainings.untrained, name="security-untrained"),
    path("trainings/attendance/", trainings.attendance, name="security-attendance"),
    path("trainings/certificates/", trainings.certificates, name="security-certificates"),
    path("trainings/<int:pk>/certificate/", trainings.certificate, name="security-certificate"),
    path("gaps/", gaps.my_gaps, name="security-my-gaps"),
    path("gaps/<int:pk>/close/", gaps.my_gap_close, name="security-my-gap-close"),
    path("readings/", readings.reading_list, name="security-readings"),
    path("readings/<int:pk>/<int:page>/", readings.reading_page, name="security-reading"),
    path("readings/<int:pk>/<int:page>/pdf/", readings.reading_paper, name="security-reading-paper"),
    path("readings/<int:pk>/sign/", readings.reading_sign, name="security-reading-sign"),
    path(f"{CASE}clauses/", evaluation.clauses, name="security-clauses"),
    path(f"{CASE}clauses/<int:pk>/", evaluation.clause_judge, name="security-clause"),
    path(f"{CASE}clauses/<int:pk>/close/", evaluation.gap_close, name="security-gap-close"),
    path(
        f"{CASE}announcement-letter/",
        evaluation.announcement_letter,
        name="security-announcement-letter",
    ),
    path("announcements/", announcements.announcement_list, name="security-announcements"),
    path("announcements/new/", announcements.announcement_new, name="security-announcement-new"),
    path("announcements/<int:pk>/", announcements.announcement, name="security-announcement"),
    path(
        "announcements/<int:pk>/publish/",
        announcements.announcement_publish,
        name="security-announcement-publish",
    ),
    path(
        "announcements/<int:pk>/take-down/",
        announcements.announcement_take_down,
        name="security-announcement-take-down",
    ),
    path("reports/5.3.1/", reports.reports, name="security-reports"),
    path("duyurular/", announcements.public_list, name="public-announcements"),
    path("duyurular/atom.xml", announcements.feed, name="public-announcements-feed"),
    path("duyurular/<int:pk>/", announcements.public, name="public-announcement"),
    path("duyurular/<int:pk>/pdf/", announcements.public_pdf, name="public-announcement-pdf"),
    path(f"{API}security-documents/", documents_api.Documents.as_view(), name="security-api-documents"),
    path(DOCUMENT_API, documents_api.DocumentDetail.as_view(), name="security-api-document"),
    path(f"{DOCUMENT_API}acts/", documents_api.DocumentActs.as_view(), name="security-api-document-acts"),
    path(
        f"{DOCUMENT_API}acts/<slug:key>/",
        documents_api.DocumentAct.as_view(),
        name="security-api-document-act",
    ),
    path(VERSION_API, documents_api.VersionDetail.as_view(), name="security-api-version"),
    path(f"{VERSION_API}acts/", documents_api.VersionActs.as_view(), name="security-api-version-acts"),
    path(
        f"{VERSION_API}acts/<slug:key>/", documents_api.VersionAct.as_view(), name="security-api-version-act"
    ),
    path(f"{VERSION_API}file/", documents_api.VersionFile.as_view(), name="security-api-version-file"),
    path(f"{VERSION_API}pdf/", documents_api.VersionPdf.as_view(), name="security-api-version-pdf"),
    path(f"{VERSION_API}proof/", documents_api.VersionProof.as_view(), name="security-api-version-proof"),
    path(f"{API}security-readings/", readings_api.Readings.as_view(), name="security-api-readings"),
    path(
        f"{READING_API}pages/<int:page>/",
        readings_api.ReadingPage.as_view(),
        name="security-api-reading-page",
    ),
    path(
        f"{READING_API}pages/<int:page>/pdf/",
        readings_api.ReadingPaper.as_view(),
        name="security-api-reading-paper",
    ),
    path(
        f"{READING_API}signature/",
        readings_api.ReadingSignature.as_view(),
        name="security-api-reading-signature",
    ),
    path(
        f"{API}notified-documents/<case:number>/clauses/",
        evaluation_api.Clauses.as_view(),
        name="security-api-clauses",
    ),
    path(
        f"{API}security-clauses/<int:pk>/acts/<slug:key>/",
        evaluation_api.ClauseAct.as_view(),
        name="security-api-clause-act",
    ),
    path(f"{API}security-trainings/", trainings_api.Trainings.as_view(), name="security-api-trainings"),
    path(
        f"{API}security-trainings/missing/", trainings_api.Untrained.as_view(), name="security-api-untrained"
    ),
    path(f"{API}security-gaps/", evaluation_api.Gaps.as_view(), name="security-api-gaps"),
    path(
        f"{API}security-announcements/",
        evaluation_api.Announcements.as_view(),
        name="security-api-announcements",
    ),
    path(ANNOUNCEMENT_API, evaluation_api.AnnouncementDetail.as_view(), name="security-api-announcement"),
    path(
        f"{ANNOUNCEMENT_API}acts/",
        evaluation_api.AnnouncementActs.as_view(),
        name="security-api-announcement-acts",
    ),
    path(
        f"{ANNOUNCEMENT_API}acts/<slug:key>/",
        evaluation_api.AnnouncementAct.as_view(),
        name="security-api-announcement-act",
    ),
]
