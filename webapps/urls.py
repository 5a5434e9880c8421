"""Addresses of 5.3.7 beside the case page."""

from django.urls import path

from webapps import api
from webapps.views import access, reconciling, register, reports, reviewing

urlpatterns = [
    path("applications/", register.applications, name="webapps-applications"),
    path("applications/<int:pk>/", register.application, name="webapps-application"),
    path("applications/<int:pk>/matrix/", access.matrix, name="webapps-matrix"),
    path("reconciliations/", reconciling.reconciliations, name="webapps-reconciliations"),
    path("reconciliations/<int:pk>/", reconciling.reconciliation, name="webapps-reconciliation"),
    path("differences/<int:pk>/", reconciling.difference_settle, name="webapps-difference-settle"),
    path("reviews/", reviewing.reviews, name="webapps-reviews"),
    path("reviews/new/", reviewing.review_new, name="webapps-review-new"),
    path("reviews/<int:pk>/", reviewing.review, name="webapps-review"),
    path("reviews/<int:pk>/finish/", reviewing.review_finish, name="webapps-review-finish"),
    path("reviews/parts/<int:pk>/", reviewing.review_part, name="webapps-review-part"),
    path("reviews/parts/<int:pk>/reviewer/", reviewing.review_hand, name="webapps-review-hand"),
    path("api/v1/web-applications/", api.Applications.as_view(), name="webapps-api-applications"),
    path("api/v1/web-application-authorities/", api.Authorities.as_view(), name="webapps-api-authorities"),
    path("reports/5.3.7/", reports.reports, name="webapps-reports"),
    path("access/", access.access, name="webapps-access"),
    path("access/people/<int:pk>/", access.person_access, name="webapps-person"),
]
