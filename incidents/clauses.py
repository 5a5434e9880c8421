"""How this room keeps the steps of 5.3.2 and the clauses of Ek-5 5.1, and what is amiss in live data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import people_with_role
from accounts.roles import Role
from incidents import awaiting, gaps
from incidents.countdown import SPAN
from incidents.models import (
    EMERGENCIES,
    TO_COURT,
    TO_DISCIPLINE,
    Alert,
    Authority,
    Barrier,
    Breach,
    Category,
    ChecklistItem,
    Cooperation,
    EmergencyOfficer,
    Level,
    LevelPlan,
    LogHold,
    NoticePhase,
    Phase,
    Proceedings,
    Review,
    ReviewAction,
    State,
    Task,
)
from incidents.models.duty import Reviewed
from processes import clauses
from processes.models import StepRun

Check = Callable[[], Sequence[str]]
AHEAD = timedelta(days=7)
UNHEARD = timedelta(hours=2)
LATE = timedelta(days=7)  # a week after somebody was first told that a result is to be asked for


def _told(count: int, sentence: str) -> list[str]:
    return [sentence % {"count": count}] if count else []


def stays_confidential() -> Sequence[str]:
    """Every breach is confidential, and every one has a moment of learning."""
    count = Breach.objects.filter(is_confidential=False).count()
    return _told(count, _("%(count)d breaches are not marked as confidential."))


def decided_with_reasons() -> Sequence[str]:
    """No breach is past the decision without one, and what the decision calls for ends in a recorded sanction, or in none."""
    later = Breach.objects.exclude(state__in=(State.REPORTED, State.DISMISSED, State.MERGED))
    today = timezone.localdate()
    unasked = sum(awaiting.unasked(one).count() for one in Proceedings.values)
    late = Task.objects.awaiting().filter(due_on__lt=today - LATE)
    closed = Task.objects.awaiting().filter(breach__state=State.CLOSED, is_mandatory=True)
    return [
        *_told(
            later.filter(decision="").count(), _("%(count)d breaches went on without a recorded decision.")
        ),
        *_told(unasked, _("For %(count)d breaches nobody asks what came of the decision.")),
        *_told(late.count(), _("The sanction, or that there is none, is overdue for %(count)d proceedings.")),
        *_told(closed.count(), _("%(count)d breaches were closed without waiting for the sanction.")),
    ]


def referred_to_discipline() -> Sequence[str]:
    """Where discipline was called for, the letter stands on record."""
    past = Breach.objects.filter(decision__in=TO_DISCIPLINE, referral_number="").exclude(
        state__in=(State.REPORTED, State.DECIDED, State.DISMISSED, State.MERGED)
    )
    return _told(past.count(), _("%(count)d breaches went on without the disciplinary letter."))


def stopped_with_tasks() -> Sequence[str]:
    """Every category in use has lines for stopping a breach, and none is stopped with such a line open."""
    found = _without_lines(Phase.CONTAIN)
    past = Breach.objects.filter(state__in=(State.CONTAINED, State.PREVENTED, State.CLOSED))
    left = Task.objects.in_the_way().filter(phase=Phase.CONTAIN, breach=OuterRef("pk"))
    count = past.filter(Exists(left)).count()
    return [*found, *_told(count, _("%(count)d breaches count as stopped with mandatory tasks open."))]


def prevented_with_barriers() -> Sequence[str]:
    """Barriers are verified on their day and hold."""
    today = timezone.localdate()
    late = Barrier.objects.filter(verified_at__isnull=True, verify_on__lt=today).count()
    broken = Barrier.objects.filter(holds=False)
    later = Barrier.objects.filter(breach=OuterRef("breach"), pk__gt=OuterRef("pk"))
    return [
        *_without_lines(Phase.PREVENT),
        *_told(late, _("%(count)d barriers were not verified on their day.")),
        *_told(
            broken.filter(~Exists(later)).count(),
            _("%(count)d barriers do not hold and were not replaced."),
        ),
    ]


def _without_lines(phase: str) -> list[str]:
    lines = ChecklistItem.objects.filter(is_active=True, phase=phase)
    if lines.filter(category__isnull=True).exists():
        return []
    own = lines.filter(category=OuterRef("pk"))
    count = Category.objects.filter(is_active=True).exclude(Exists(own)).count()
    return _told(count, _("%(count)d categories have no check list for this step."))


def informed() -> Sequence[str]:
    """Nobody's report was closed without a word, with a mandatory task open or with the Board's part unsettled."""
    closed = Breach.objects.filter(state=State.CLOSED)
    left = Task.objects.in_the_way().filter(breach=OuterRef("pk"))
    silent = closed.filter(answer_channel="").count()
    unsettled = closed.filter(personal_data="yes", kvkk_settled_at__isnull=True).count()
    over = Breach.objects.clock_running().filter(learned_at__lt=timezone.now() - SPAN).count()
    phases = NoticePhase.objects.open().filter(due_on__lt=timezone.localdate()).count()
    return [
        *_told(silent, _("%(count)d breaches were closed without telling the reporter.")),
        *_told(
            closed.filter(Exists(left)).count(),
            _("%(count)d breaches were closed with mandatory tasks open."),
        ),
        *_told(
            unsettled, _("%(count)d breaches were closed although the Board was neither told nor left out.")
        ),
        *_told(over, _("For %(count)d breaches the 72 hours are over.")),
        *_told(phases, _("The next phase of %(count)d notices was not given on its day.")),
    ]


def officers_appointed() -> Sequence[str]:
    """Somebody is appointed for emergencies, with authority in writing, looked at in time."""
    return _register(EmergencyOfficer, _("No emergency officer is appointed."))


def cooperation_written() -> Sequence[str]:
    """What an emergency needs of other units is written down."""
    return _register(Cooperation, _("The cooperation an emergency needs is not written down."))


def authorities_written() -> Sequence[str]:
    """Whom to turn to for special events is written down."""
    return _register(Authority, _("The authorities to turn to are not written down."))


def levels_planned() -> Sequence[str]:
    """Every level has its plan."""
    missing = set(Level.values) - set(
        LevelPlan.objects.filter(is_active=True).values_list("level", flat=True)
    )
    found = _register(LevelPlan, "")
    if missing:
        names = ", ".join(sorted(missing))
        return [*found, _("Levels without a plan: %(names)s.") % {"names": names}]
    return found


def _register(model: type[Reviewed], empty: str) -> list[str]:
    rows = model._default_manager.filter(is_active=True)
    if empty and not rows.exists():
        return [empty]
    late = rows.filter(review_by__lt=timezone.localdate()).count()
    return _told(late, _("%(count)d lines of the emergency plan were not looked at again in time."))


def logs_held() -> Sequence[str]:
    """The logs of every emergency still worked on are held."""
    held = LogHold.objects.filter(breach=OuterRef("pk"), hold__release__isnull=True)
    count = Breach.objects.open().filter(level__in=EMERGENCIES).exclude(Exists(held)).count()
    return _told(count, _("The logs of %(count)d emergencies are not held."))


def form_is_open() -> Sequence[str]:
    """Anybody can report: the public form has its address and somebody who answers for it."""
    found = []
    try:
        reverse("breach-public")
    except NoReverseMatch:
        found.append(_("The public breach form has no address."))
    if not people_with_role(Role.UNIT_HEAD):
        found.append(_("Nobody heads the unit: the public breach form is closed."))
    return found


def reviewed_afterwards() -> Sequence[str]:
    """Reviews are held and their actions carried out in time."""
    today = timezone.localdate()
    closed = Breach.objects.filter(state=State.CLOSED, level__in=EMERGENCIES)
    unasked = closed.exclude(Exists(Review.objects.filter(breach=OuterRef("pk")))).count()
    late = Review.objects.filter(held_on__isnull=True, due_on__lt=today).count()
    actions = ReviewAction.objects.filter(done_at__isnull=True, due_on__lt=today).count()
    return [
        *_told(unasked, _("%(count)d emergencies were closed without a review.")),
        *_told(late, _("%(count)d reviews were not held in time.")),
        *_told(actions, _("%(count)d actions of reviews were not carried out in time.")),
    ]


def responsible_told() -> Sequence[str]:
    """Somebody was told of every open report, and somebody is on call for the week to come while the office is closed."""
    now = timezone.now()
    unheard = Breach.objects.filter(state=State.REPORTED, opened_at__lt=now).exclude(
        Exists(Alert.objects.filter(breach=OuterRef("pk")))
    )
    found = _told(unheard.count(), _("Nobody was told of %(count)d open reports."))
    if gaps.gaps(now, now + AHEAD):
        found.append(_("The rota has a gap in the seven days to come."))
    return found


def levels_known() -> Sequence[str]:
    """Every breach has one of the three levels."""
    return _told(
        Breach.objects.exclude(level__in=Level.values).count(), _("%(count)d breaches have no level.")
    )


def managers_reached() -> Sequence[str]:
    """No alert of an open report stays unacknowledged for long."""
    since = timezone.now() - UNHEARD
    late = Alert.objects.unanswered().filter(answer_by__lt=since, breach__state=State.REPORTED).count()
    found = _told(late, _("%(count)d alerts have not been acknowledged for more than two hours."))
    if settings.INCIDENTS_ACKNOWLEDGE_MINUTES > 60:
        found.append(_("People on call have more than an hour to acknowledge an emergency."))
    return found


def passed_to_court() -> Sequence[str]:
    """What was to go to the judicial authorities was passed on within two weeks of the decision."""
    since = timezone.now() - timedelta(days=14)
    decided = StepRun.objects.filter(case=OuterRef("breach"), step__key="decide", ended_at__lt=since)
    late = Task.objects.in_the_way().filter(
        Q(phase=Phase.CLOSE), Exists(decided), item__isnull=True, awaits="", breach__decision__in=TO_COURT
    )
    return _told(
        late.values(breach_key=F("breach")).distinct().count(),
        _("%(count)d breaches were not passed on to the judicial authorities within two weeks."),
    )


KEPT: dict[str, tuple[str | Promise, Check]] = {
    "5.3.2.1": (
        gettext_lazy(
            "Every way of reporting leads to one confidential record with a gapless number and four moments."
        ),
        stays_confidential,
    ),
    "5.3.2.2": (
        gettext_lazy(
            "Nothing goes on before the lead has decided, with reasons: discipline, court, both or neither. What came of "
            "it, a sanction or none, is asked for until it is recorded."
        ),
        decided_with_reasons,
    ),
    "5.3.2.3": (
        gettext_lazy("Where discipline is called for, the breach waits for the letter's number and date."),
        referred_to_discipline,
    ),
    "5.3.2.4": (
        gettext_lazy("The breach counts as stopped only when the check list of its category is settled."),
        stopped_with_tasks,
    ),
    "5.3.2.5": (
        gettext_lazy("A barrier has somebody who answers for it and a day on which it is verified."),
        prevented_with_barriers,
    ),
    "5.3.2.6": (
        gettext_lazy("A breach closes only when the reporter was told and no mandatory task is open."),
        informed,
    ),
    "5.1.1": (
        gettext_lazy("Register of emergency officers with authority, appointment and day of review."),
        officers_appointed,
    ),
    "5.1.2": (
        gettext_lazy("Register of what other units contribute in an emergency, with a day of review."),
        cooperation_written,
    ),
    "5.1.3": (
        gettext_lazy("Opening a breach of level A or B holds the logs until a year after its closing."),
        logs_held,
    ),
    "5.1.4": (
        gettext_lazy("A public form, with or without a name, and a page of one's own reports."),
        form_is_open,
    ),
    "5.1.5": (
        gettext_lazy("Closing an emergency opens a review; its actions have owners and days."),
        reviewed_afterwards,
    ),
    "5.1.6": (
        gettext_lazy("Whoever is on call is told in the transaction that registers the report."),
        responsible_told,
    ),
    "5.1.7": (gettext_lazy("Every breach has level A, B or C."), levels_known),
    "5.1.8": (
        gettext_lazy("A plan for each level: risks, losses, what is done before and after."),
        levels_planned,
    ),
    "5.1.9": (
        gettext_lazy("Who does not acknowledge in time is passed over: deputy, lead, unit head."),
        managers_reached,
    ),
    "5.1.10": (
        gettext_lazy("Judicial action makes passing the matter on by letter mandatory before closing."),
        passed_to_court,
    ),
    "5.1.11": (
        gettext_lazy("Register of authorities to turn to: event, way, who applies, day of review."),
        authorities_written,
    ),
}


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, (how, check) in KEPT.items():
        clauses.declare("incidents", number, how, check)
