"""Addresses of 5.3.7 beside the case page."""

from django.urls import path

from webapps.api import comparisons, register, reviews
from webapps.views import access, reconciling, reports, reviewing
from webapps.views import register as applications

COMPARISONS = "api/v1/web-application-comparisons/"
PARTS = "api/v1/access-review-parts/"

urlpatterns = [
    path("applications/", applications.applications, name="webapps-applications"),
    path("applications/<int:pk>/", applications.application, name="webapps-application"),
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
    path("api/v1/web-applications/", register.Applications.as_view(), name="webapps-api-applications"),
    path(
        "api/v1/web-application-authorities/", register.Authorities.as_view(), name="webapps-api-authorities"
    ),
    path(
        "api/v1/web-applications/<slug:code>/comparisons/",
        comparisons.Compare.as_view(),
        name="webapps-api-compare",
    ),
    path(COMPARISONS, comparisons.Comparisons.as_view(), name="webapps-api-comparisons"),
    path(
        f"{COMPARISONS}<int:pk>/differences/",
        comparisons.Differences.as_view(),
        name="webapps-api-differences",
    ),
    path(
        f"{COMPARISONS}<int:pk>/acts/<slug:key>/",
        comparisons.ComparisonAct.as_view(),
        name="webapps-api-comparison-act",
    ),
    path(
        "api/v1/web-application-differences/<int:pk>/acts/<slug:key>/",
        comparisons.DifferenceAct.as_view(),
        name="webapps-api-difference-act",
    ),
    path("api/v1/access-reviews/", reviews.Reviews.as_view(), name="webapps-api-reviews"),
    path("api/v1/access-reviews/<int:pk>/", reviews.ReviewDetail.as_view(), name="webapps-api-review"),
    path(
        "api/v1/access-reviews/<int:pk>/acts/<slug:key>/",
        reviews.ReviewAct.as_view(),
        name="webapps-api-review-act",
    ),
    path(PARTS, reviews.Parts.as_view(), name="webapps-api-review-parts"),
    path(f"{PARTS}<int:pk>/items/", reviews.PartItems.as_view(), name="webapps-api-review-items"),
    path(f"{PARTS}<int:pk>/acts/", reviews.PartActs.as_view(), name="webapps-api-review-part-acts"),
    path(f"{PARTS}<int:pk>/acts/<slug:key>/", reviews.PartAct.as_view(), name="webapps-api-review-part-act"),
    path("reports/5.3.7/", reports.reports, name="webapps-reports"),
    path("access/", access.access, name="webapps-access"),
    path("access/people/<int:pk>/", access.person_access, name="webapps-person"),
]
