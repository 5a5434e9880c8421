"""Addresses of 5.3.3 beside the case page."""

from django.urls import path

from esignature.api import batches as batches_api
from esignature.api import certificates as api
from esignature.views import asking, batches, certificates, coverage, looking, outcomes, reports
from processes.urls import converters  # noqa: F401 - registers <case:…>

BATCH = "e-signatures/batches/<int:pk>/"
BATCH_API = "api/v1/signature-batches/<int:pk>/"

urlpatterns = [
    path("e-signatures/", certificates.certificates, name="esignature-certificates"),
    path("e-signatures/forms/", looking.forms, name="esignature-forms"),
    path("e-signatures/outcomes/", outcomes.outcomes, name="esignature-outcomes"),
    path("e-signatures/renewals/", asking.renew, name="esignature-renew"),
    path("e-signatures/requests/", asking.ask_open, name="esignature-ask-open"),
    path("e-signatures/requests/withdrawal/", asking.ask_undo, name="esignature-ask-undo"),
    path("e-signatures/<int:pk>/", certificates.certificate, name="esignature-certificate"),
    path(
        "e-signatures/<int:pk>/<slug:key>/",
        certificates.certificate_move,
        name="esignature-certificate-move",
    ),
    path("cases/<case:number>/certificate/", certificates.produced, name="esignature-produced"),
    path("e-signatures/batches/", batches.batch_list, name="esignature-batches"),
    path("e-signatures/batches/new/", batches.batch_new, name="esignature-batch-new"),
    path(BATCH, batches.batch, name="esignature-batch"),
    path(f"{BATCH}list.pdf", batches.batch_list_pdf, name="esignature-batch-pdf"),
    path(f"{BATCH}labels.pdf", batches.batch_labels, name="esignature-batch-labels"),
    path(f"{BATCH}forms/", batches.batch_take_out, name="esignature-batch-take-out"),
    path(f"{BATCH}<slug:key>/", batches.batch_move, name="esignature-batch-move"),
    path("e-signatures/coverage/", coverage.coverage, name="esignature-coverage"),
    path("e-signatures/coverage/<int:pk>/", coverage.uncovered, name="esignature-uncovered"),
    path("e-signatures/coverage/<int:pk>/requests/", asking.ask, name="esignature-ask"),
    path("reports/5.3.3/", reports.reports, name="esignature-reports"),
    path("api/v1/certificates/", api.Certificates.as_view(), name="esignature-api-certificates"),
    path("api/v1/signature-requests/", api.SignatureRequests.as_view(), name="esignature-api-requests"),
    path(
        "api/v1/certificates/<int:pk>/acts/",
        api.CertificateActs.as_view(),
        name="esignature-api-certificate-acts",
    ),
    path(
        "api/v1/certificates/<int:pk>/acts/<slug:key>/",
        api.CertificateAct.as_view(),
        name="esignature-api-certificate-act",
    ),
    path("api/v1/signature-batches/", batches_api.Batches.as_view(), name="esignature-api-batches"),
    path(BATCH_API, batches_api.BatchDetail.as_view(), name="esignature-api-batch"),
    path(f"{BATCH_API}acts/", batches_api.BatchActs.as_view(), name="esignature-api-batch-acts"),
    path(f"{BATCH_API}acts/<slug:key>/", batches_api.BatchAct.as_view(), name="esignature-api-batch-act"),
    path("api/v1/certificates/<int:pk>/", api.CertificateDetail.as_view(), name="esignature-api-certificate"),
]
