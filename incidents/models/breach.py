"""Information-security breaches (sub-process 5.3.2): what happened, how grave it is, and what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of
from accounts.roles import CONFIDENTIAL_STAFF
from incidents.countdown import Countdown, countdown
from incidents.models.people import on_behalf_of
from processes.models import Case
from processes.models.case import CaseManager, CaseQuerySet
from processes.models.insiders import admitted

if TYPE_CHECKING:
    from accounts.models import User


class State(models.TextChoices):
    """Where a breach stands between two official steps."""

    REPORTED = "reported", _("Reported")
    DECIDED = "decided", _("To be referred")
    SETTLED = "settled", _("Decision carried out")
    CONTAINED = "contained", _("Breach stopped")
    PREVENTED = "prevented", _("Barrier put up")
    CLOSED = "closed", _("Closed")
    DISMISSED = "dismissed", _("Not a breach")
    MERGED = "merged", _("Merged")


OPEN_STATES = (State.REPORTED, State.DECIDED, State.SETTLED, State.CONTAINED, State.PREVENTED)


class Level(models.TextChoices):
    """The levels of Ek-5 5.1.7."""

    A = "A", _("A – loss of information")
    B = "B", _("B – interruption of a service")
    C = "C", _("C – suspicion")


EMERGENCIES = (Level.A, Level.B)


class Source(models.TextChoices):
    """Where the report came from (5.3.2.1)."""

    MINISTRY = "ministry", _("Ministry's central breach system")
    PUBLIC_FORM = "public_form", _("Public breach form")
    EBYS = "ebys", _("Official letter (EBYS)")
    TELEPHONE = "telephone", _("Telephone")
    PORTAL = "portal", _("Staff, over the portal")
    DETECTION = "detection", _("Own detection")


class PersonalData(models.TextChoices):
    """Whether personal data were reached; while that is open the 72 hours are counted as if they were."""

    UNKNOWN = "unknown", _("Not clear yet")
    YES = "yes", _("Yes")
    NO = "no", _("No")


class Decision(models.TextChoices):
    """What the breach calls for (5.3.2.2)."""

    DISCIPLINARY = "disciplinary", _("Disciplinary investigation")
    JUDICIAL = "judicial", _("Judicial action")
    BOTH = "both", _("Disciplinary investigation and judicial action")
    NEITHER = "neither", _("Neither")


TO_DISCIPLINE = (Decision.DISCIPLINARY, Decision.BOTH)
TO_COURT = (Decision.JUDICIAL, Decision.BOTH)


class AnswerChannel(models.TextChoices):
    """How the person who reported was told of the end (5.3.2.6)."""

    LETTER = "letter", _("Official letter (EBYS)")
    STATUS_PAGE = "status_page", _("Status page (anonymous report)")
    TELEPHONE = "telephone", _("Telephone")


class Category(models.Model):
    """What kind of breach it is; its check lists hang on it."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("breach category")
        verbose_name_plural = _("breach categories")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class BreachQuerySet(CaseQuerySet["Breach"]):
    """Questions asked of breaches; what a person may know of begins at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The breaches this person may know of: every one is confidential, so the named roles and who was let in."""
        return self if roles_of(user) & CONFIDENTIAL_STAFF else self.filter(admitted(user))

    def with_number(self, source: str, reference: str) -> BreachQuerySet:
        """The open ones a source reported under this number of its own."""
        return self.open().filter(source=source, source_reference=reference)

    def clock_running(self) -> BreachQuerySet:
        """Those for which the Board may have to be told and neither was told nor was it decided otherwise."""
        return self.open().filter(kvkk_settled_at__isnull=True).exclude(personal_data=PersonalData.NO)


class BreachManager(CaseManager.from_queryset(BreachQuerySet)["Breach"]):
    """The manager of breaches."""


class Breach(Case):
    """A breach of information security on its way through the steps of 5.3.2. Always confidential.

    Four moments are kept apart: when it happened, when somebody noticed, when the directorate learned of it (the 72
    hours of the law run from here) and when it was reported here. `kvkk_settled_at` is when the Board was first told
    or when not telling it was approved. `holds_reference`: while it is open no second report with the same number of
    the same source is taken. `tracking_hash` is the keyed hash of the code the reporter follows it with.
    Personal fields: description, decision_reason, containment_note, answer_note, affected_groups, sanction texts.
    """

    source = models.CharField(_("reported by way of"), max_length=12, choices=Source.choices)
    source_reference = models.CharField(_("number at the source"), max_length=60, blank=True)
    holds_reference = models.BooleanField(default=False, db_default=False, editable=False)
    is_anonymous = models.BooleanField(_("reported without a name"), default=False)
    tracking_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    level = models.CharField(_("level"), max_length=1, choices=Level.choices, default=Level.C)
    description = models.TextField(_("what happened"), blank=True)
    system = models.CharField(_("system or place concerned"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("happened"), null=True, blank=True)
    detected_at = models.DateTimeField(_("noticed"), null=True, blank=True)
    learned_at = models.DateTimeField(_("learned by the directorate"))
    reported_at = models.DateTimeField(_("reported to us"))

    personal_data = models.CharField(
        _("personal data involved"),
        max_length=7,
        choices=PersonalData.choices,
        default=PersonalData.UNKNOWN,
    )
    is_special_category = models.BooleanField(_("special categories of personal data"), default=False)
    affected_count = models.PositiveIntegerField(_("people affected"), null=True, blank=True)
    affected_groups = models.CharField(_("groups of people affected"), max_length=300, blank=True)
    data_kinds = models.CharField(_("kinds of data"), max_length=300, blank=True)
    consequences = models.TextField(_("likely consequences"), blank=True)
    kvkk_settled_at = models.DateTimeField(
        _("Board told, or decided otherwise"), null=True, blank=True, editable=False
    )

    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices, blank=True)
    decision_reason = models.TextField(_("reasons of the decision"), blank=True)
    referral_number = models.CharField(_("number of the disciplinary letter"), max_length=60, blank=True)
    referral_date = models.DateField(_("date of the disciplinary letter"), null=True, blank=True)
    containment_note = models.TextField(_("how it was stopped"), blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    answer_channel = models.CharField(
        _("reporter told by"), max_length=12, choices=AnswerChannel.choices, blank=True
    )
    answer_note = models.TextField(_("what the reporter was told"), blank=True)

    objects = BreachManager()

    class Meta:
        verbose_name = _("information-security breach")
        verbose_name_plural = _("information-security breaches")
        indexes = (
            models.Index(fields=("reported_at",), name="breach_reported"),
            models.Index(
                fields=("learned_at",),
                condition=Q(kvkk_settled_at__isnull=True) & ~Q(personal_data="no"),
                name="breach_clock",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("source", "source_reference"),
                condition=Q(holds_reference=True),
                name="breach_number_at_the_source_once",
                violation_error_message=_("An open report has this number of the source already."),
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__isnull=True) | Q(occurred_at__lte=F("learned_at")),
                name="breach_happened_before_learned",
                violation_error_message=_("It cannot have been learned of before it happened."),
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__isnull=True)
                | Q(detected_at__isnull=True)
                | Q(occurred_at__lte=F("detected_at")),
                name="breach_happened_before_noticed",
                violation_error_message=_("It cannot have been noticed before it happened."),
            ),
            models.CheckConstraint(
                condition=Q(detected_at__isnull=True) | Q(detected_at__lte=F("learned_at")),
                name="breach_noticed_before_learned",
                violation_error_message=_("It cannot have been learned of before anybody noticed it."),
            ),
            models.CheckConstraint(
                condition=Q(detected_at__isnull=True) | Q(detected_at__lte=F("reported_at")),
                name="breach_noticed_before_reported",
                violation_error_message=_("It cannot have been reported before anybody noticed it."),
            ),
            models.CheckConstraint(
                condition=Q(decision="") | ~Q(decision_reason=""),
                name="breach_decided_with_reasons",
                violation_error_message=_("Write the reasons of the decision."),
            ),
            models.CheckConstraint(
                condition=Q(answer_channel="") | ~Q(answer_note=""),
                name="breach_answer_with_note",
                violation_error_message=_("Write what the reporter was told."),
            ),
            models.CheckConstraint(
                condition=Q(referral_number="", referral_date__isnull=True)
                | (~Q(referral_number="") & Q(referral_date__isnull=False)),
                name="breach_referral_number_and_date",
                violation_error_message=_("A letter has both a number and a date."),
            ),
            models.CheckConstraint(
                condition=Q(is_special_category=False) | Q(personal_data=PersonalData.YES),
                name="breach_special_data_are_personal",
                violation_error_message=_("Special categories of data are personal data."),
            ),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What has ended lets go of its number at the source: the source may report it again."""
        if not self.is_open:
            self.holds_reference = False
        super().save(*args, **kwargs)

    def get_state_display(self) -> str:
        """The state in the reader's language."""
        return str(State(self.state).label)

    def get_dossier_url(self) -> str:
        """Where its tasks, evidence, notices and follow-ups are kept."""
        return reverse("breach-dossier", args=(self.number,))

    @property
    def clock_runs(self) -> bool:
        """The 72 hours run: personal data are or may be involved, and the Board's part is not settled."""
        return self.is_open and self.kvkk_settled_at is None and self.personal_data != PersonalData.NO

    @property
    def countdown(self) -> Countdown:
        """Where the 72 hours stand now."""
        return countdown(self.learned_at, timezone.now())

    @property
    def is_emergency(self) -> bool:
        """Level A or B."""
        return self.level in EMERGENCIES


class SanctionKind(models.TextChoices):
    """What followed for those responsible: the output of 5.3.2."""

    WARNING = "warning", _("Warning")
    REPRIMAND = "reprimand", _("Reprimand")
    PAY_CUT = "pay_cut", _("Cut of salary")
    PROMOTION = "promotion", _("Stop of advancement")
    DISMISSAL = "dismissal", _("Removal from service")
    ACCESS = "access", _("Access taken away")
    CONTRACT = "contract", _("Contractual penalty")
    COURT = "court", _("Court ruling")
    TRAINING = "training", _("Training ordered")
    NONE = "none", _("No sanction")


class Sanction(models.Model):
    """A sanction that followed from a breach (çıktı: Yaptırım), as its own authority decided it.

    Personal fields: concerning, text.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="sanctions", verbose_name=_("information-security breach")
    )
    kind = models.CharField(_("sanction"), max_length=10, choices=SanctionKind.choices)
    concerning = models.CharField(_("person or firm concerned"), max_length=150, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150)
    decided_on = models.DateField(_("decided on"))
    reference = models.CharField(_("number of the decision"), max_length=60, blank=True)
    text = models.TextField(_("summary"), blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_for = on_behalf_of()

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        ordering = ("decided_on", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.decided_on:%Y-%m-%d})"
