"""Filters of the lists of 5.3.3; they live in the address, so a list can be kept and sent."""

from __future__ import annotations

from datetime import timedelta

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Employee, Institution
from esignature.models import LIVE, ON_THE_WAY, WINDOWS, Batch, BatchState, Certificate, Kind, Reason, Request
from esignature.models import CertificateState as S
from esignature.models.certificates import normal_serial, of_leavers
from esignature.queries import quarter
from processes.fields import DAY
from processes.filters import Narrowed, PickedFilter

FEW = 200


class CertificateFilter(Narrowed):
    """What the register of certificates can be narrowed by."""

    q = django_filters.CharFilter(label=_("Holder or serial number"), method="by_words")
    standing = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_standing",
        empty_label=_("All"),
        choices=[
            ("valid", _("Valid")),
            *((f"within{days}", _("Ends within %(days)d days") % {"days": days}) for days in WINDOWS),
            ("quarter", _("Ends this quarter")),
            ("expired", _("Expired")),
            ("way", _("On the way to the holder")),
            ("left", _("The holder has left")),
            *((state.value, state.label) for state in (S.SUSPENDED, S.REPLACED, S.REVOKED)),
        ],
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices, empty_label=_("All"))
    institution = PickedFilter(
        label=_("Institution"),
        field_name="holder__institution",
        queryset=Institution.objects.active(),
        url_name="institutions-find",
    )
    since = django_filters.DateFilter(
        label=_("Ends from"), field_name="valid_until", lookup_expr="gte", widget=DAY
    )
    until = django_filters.DateFilter(
        label=_("Ends until"), field_name="valid_until", lookup_expr="lte", widget=DAY
    )

    class Meta:
        model = Certificate
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Certificate], name: str, value: str) -> QuerySet[Certificate]:
        """Whose holder or serial number fits. A few holders are looked up by their keys, many are sifted from the list."""
        people = Employee.objects.found_by(value).order_by().values_list("pk", flat=True)
        few = list(people[: FEW + 1])
        holders = few if len(few) <= FEW else people
        return rows.filter(Q(holder__in=holders) | Q(serial=normal_serial(value)))

    def by_standing(self, rows: QuerySet[Certificate], name: str, value: str) -> QuerySet[Certificate]:
        """As it counts today, whatever was written down."""
        today = timezone.localdate()
        if value == "valid":
            return rows.filter(state=S.ACTIVE, valid_until__gte=today)
        if value.startswith("within"):
            return rows.filter(
                state=S.ACTIVE,
                valid_until__gte=today,
                valid_until__lte=today + timedelta(days=int(value.removeprefix("within"))),
            )
        if value == "quarter":
            first, last = quarter(today)
            return rows.filter(state=S.ACTIVE, valid_until__gte=first, valid_until__lte=last)
        if value == "expired":
            return rows.filter(Q(state=S.EXPIRED) | Q(state__in=LIVE, valid_until__lt=today))
        if value == "way":
            return rows.filter(state__in=ON_THE_WAY)
        if value == "left":
            return rows.filter(of_leavers(today))
        return rows.filter(state=value)


class WaitingFilter(Narrowed):
    """What the forms that wait for a letter can be narrowed by."""

    q = django_filters.CharFilter(label=_("Holder"), method="by_words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices, empty_label=_("All"))
    reason = django_filters.ChoiceFilter(label=_("Reason"), choices=Reason.choices, empty_label=_("All"))
    institution = PickedFilter(
        label=_("Institution"),
        field_name="applicant_institution",
        queryset=Institution.objects.active(),
        url_name="institutions-find",
    )

    class Meta:
        model = Request
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Request], name: str, value: str) -> QuerySet[Request]:
        """Whose holder fits."""
        return rows.filter(holder__in=Employee.objects.found_by(value).order_by().values("pk"))


class OutcomeFilter(WaitingFilter):
    """What the requests whose certificate is awaited can be narrowed by."""

    batch = django_filters.NumberFilter(label=_("Number of the batch letter"), field_name="batch")
    stage = django_filters.ChoiceFilter(
        label=_("Certificate"),
        method="by_stage",
        empty_label=_("All"),
        choices=[("none", _("Not recorded yet")), *((state.value, state.label) for state in ON_THE_WAY)],
    )

    def by_stage(self, rows: QuerySet[Request], name: str, value: str) -> QuerySet[Request]:
        """How far the certificate is."""
        if value == "none":
            return rows.filter(certificate__isnull=True)
        return rows.filter(certificate__state=value)


class BatchFilter(Narrowed):
    """What the list of batch letters can be narrowed by."""

    q = django_filters.CharFilter(label=_("Letter or parcel number"), method="by_words")
    state = django_filters.ChoiceFilter(label=_("State"), choices=BatchState.choices, empty_label=_("All"))
    since = django_filters.DateFilter(
        label=_("Collected from"), field_name="made_at", lookup_expr="date__gte", widget=DAY
    )
    until = django_filters.DateFilter(
        label=_("Collected until"), field_name="made_at", lookup_expr="date__lte", widget=DAY
    )

    class Meta:
        model = Batch
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Batch], name: str, value: str) -> QuerySet[Batch]:
        """With this letter or parcel number."""
        word = value.strip()
        return rows.filter(Q(letter__official_number__icontains=word) | Q(parcel__icontains=word))
