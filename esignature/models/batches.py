"""One letter to TÜBİTAK for many forms."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from esignature.secrecy import refuse_secrets_in


class BatchState(models.TextChoices):
    """How far the letter and its forms are."""

    DRAFTED = "drafted", _("Letter being drafted")
    REGISTERED = "registered", _("Letter registered")
    PRINTED = "printed", _("Printed")
    POSTED = "posted", _("Posted")
    DISSOLVED = "dissolved", _("Dissolved")


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches as lists need them."""

    def visible_to(self, user: User) -> BatchQuerySet:
        """The unit's staff collect forms; nobody else sees who is on the list."""
        return self if works_in_unit(user) else self.none()


class Batch(models.Model):
    """Forms collected into one letter, printed and posted together under one parcel number."""

    state = models.CharField(
        _("state"), max_length=12, choices=BatchState.choices, default=BatchState.DRAFTED
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    letter = models.OneToOneField(
        "ebys.OutgoingLetter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signature_batch",
        verbose_name=_("letter"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("collected by")
    )
    made_at = models.DateTimeField(_("collected"), default=timezone.now)
    printed_at = models.DateTimeField(_("printed"), null=True, blank=True)
    parcel = models.CharField(_("parcel number"), max_length=40, blank=True)
    posted_on = models.DateField(_("posted on"), null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch letter")
        verbose_name_plural = _("batch letters")
        ordering = ("-made_at", "-id")
        indexes = (models.Index(fields=("-made_at", "-id"), name="batch_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(parcel="", posted_on__isnull=True)
                | (~Q(parcel="") & Q(posted_on__isnull=False, state="posted")),
                name="batch_posted_with_parcel",
                violation_error_message=_("A posted batch has a parcel number and a day."),
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | ~Q(parcel=""),
                name="batch_posted_has_parcel",
                violation_error_message=_("A posted batch has a parcel number and a day."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("registered", "printed", "posted")) | Q(letter__isnull=False),
                name="batch_registered_has_letter",
                violation_error_message=_("A registered batch has its letter."),
            ),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.made_at):%Y}/{self.pk}"

    def get_absolute_url(self) -> str:
        """The page of this batch."""
        return reverse("esignature-batch", args=(self.pk,))

    @property
    def is_open(self) -> bool:
        """Forms can still be taken out: EBYS has not registered the letter."""
        return self.state == BatchState.DRAFTED

    def clean(self) -> None:
        """No text of it gives a PIN or security word away."""
        super().clean()
        refuse_secrets_in(self, ("parcel",))
