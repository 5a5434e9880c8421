"""Breaches and what belongs to them over the wire; people by their names, as the pages print them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ebys.api.acting import ActSerializer
from incidents import reporting
from incidents.api.custody import EnclosedListSerializer, EvidenceSerializer, named
from incidents.models import (
    Alert,
    Authority,
    Barrier,
    Breach,
    Cooperation,
    EmergencyOfficer,
    FollowUp,
    LevelPlan,
    Notice,
    NoticePhase,
    Review,
    ReviewAction,
    Sanction,
    Shift,
    Silence,
    Task,
)


class BreachSerializer(serializers.ModelSerializer[Breach]):
    """A breach as the register shows it."""

    category = serializers.CharField(source="category.name", default=None, allow_null=True)
    clock_until = serializers.SerializerMethodField(
        help_text="The end of the 72 hours while they run; null otherwise."
    )

    next_phase_due_on = serializers.DateField(
        source="phase_due_on",
        help_text="When the next phase of an incomplete notice is due; null otherwise.",
        allow_null=True,
        default=None,
    )

    class Meta:
        model = Breach
        fields: tuple[str, ...] = (
            *("number", "version", "title", "state", "level", "category", "source", "decision"),
            *("personal_data", "reported_at", "learned_at", "kvkk_settled_at", "clock_until"),
            *("next_phase_due_on", "closed_at"),
        )

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_clock_until(self, breach: Breach) -> Any:
        """When the 72 hours are over."""
        return breach.countdown.deadline if breach.clock_runs else None


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A line of the check lists, or a task of this breach alone."""

    settled_by, settled_for = named("settled_by"), named("settled_for")
    awaits = serializers.CharField(
        help_text="`discipline` or `court`: only a sanction that concludes these proceedings settles it."
    )

    class Meta:
        model = Task
        fields = (
            *("id", "phase", "text", "is_mandatory", "awaits", "due_on", "outcome", "note"),
            *("settled_at", "settled_by", "settled_for"),
        )


class NoticePhaseSerializer(serializers.ModelSerializer[NoticePhase]):
    """What a notice left to be told later, and what became of it."""

    asked_by, asked_for = named("asked_by", required=True), named("asked_for")
    settled_by, settled_for = named("settled_by"), named("settled_for")
    next_notice = serializers.IntegerField(
        source="next_notice_id", allow_null=True, help_text="`id` of the notice that gave it."
    )

    class Meta:
        model = NoticePhase
        fields = (
            *("id", "due_on", "missing", "asked_at", "asked_by", "asked_for", "settled_at", "settled_by"),
            *("settled_for", "next_notice", "reason"),
        )


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A notice as it went out."""

    recorded_by, recorded_for = named("recorded_by", required=True), named("recorded_for")
    phase = NoticePhaseSerializer(
        default=None, allow_null=True, help_text="What it left to be told later; null when it was complete."
    )

    class Meta:
        model = Notice
        fields = (
            *("id", "addressee", "position", "sent_at", "way", "reference", "summary", "late_reason"),
            *("recorded_at", "recorded_by", "recorded_for", "phase"),
        )


class SilenceSerializer(serializers.ModelSerializer[Silence]):
    """A decision not to tell the Board, proposed or answered."""

    proposed_by, proposed_for = named("proposed_by", required=True), named("proposed_for")
    answered_by, answered_for = named("answered_by"), named("answered_for")
    lapsed_by, lapsed_for = named("lapsed_by"), named("lapsed_for")

    class Meta:
        model = Silence
        fields = (
            *("id", "reason", "proposed_at", "proposed_by", "proposed_for", "answered_at", "answered_by"),
            *("answered_for", "is_approved", "answer", "lapsed_at", "lapsed_by", "lapsed_for"),
        )


class BarrierSerializer(serializers.ModelSerializer[Barrier]):
    """A barrier against repetition."""

    owner = named("owner", required=True)
    verified_by, verified_for = named("verified_by"), named("verified_for")

    class Meta:
        model = Barrier
        fields = (
            *("id", "text", "owner", "verify_on", "verified_at", "verified_by", "verified_for"),
            *("holds", "finding"),
        )


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """The look back after an emergency."""

    held_by, held_for = named("held_by"), named("held_for")

    class Meta:
        model = Review
        fields = ("due_on", "held_on", "held_by", "held_for", "participants", "course", "lessons")


class ReviewActionSerializer(serializers.ModelSerializer[ReviewAction]):
    """Something the review decided."""

    owner = named("owner", required=True)
    done_by, done_for = named("done_by"), named("done_for")

    class Meta:
        model = ReviewAction
        fields = ("id", "text", "owner", "due_on", "done_at", "done_by", "done_for", "result")


class SanctionSerializer(serializers.ModelSerializer[Sanction]):
    """A sanction as its own authority decided it."""

    kind = serializers.CharField(help_text="As the act `sanction` takes it.")
    recorded_by, recorded_for = named("recorded_by", required=True), named("recorded_for")

    class Meta:
        model = Sanction
        fields = (
            *("id", "kind", "concerning", "decided_by", "decided_on", "reference", "text"),
            *("recorded_at", "recorded_by", "recorded_for"),
        )


class ToldSerializer(serializers.ModelSerializer[Alert]):
    """Who was told of a breach, and whether they answered."""

    person = named("person", required=True)
    acknowledged_by, acknowledged_for = named("acknowledged_by"), named("acknowledged_for")

    class Meta:
        model = Alert
        fields: tuple[str, ...] = (
            *("person", "rank", "told_at", "answer_by", "acknowledged_at", "acknowledged_by"),
            *("acknowledged_for", "passed_on_at"),
        )


class AlertSerializer(ToldSerializer):
    """The same in the list of all breaches."""

    breach = serializers.CharField(source="breach.number")

    class Meta(ToldSerializer.Meta):
        fields = ("breach", *ToldSerializer.Meta.fields)


class BreachDetailSerializer(BreachSerializer):
    """What is known of a breach."""

    class Meta(BreachSerializer.Meta):
        fields = (
            *BreachSerializer.Meta.fields,
            *("description", "system", "source_reference", "is_anonymous", "occurred_at", "detected_at"),
            *("is_special_category", "affected_count", "affected_groups", "data_kinds", "consequences"),
            *("decision_reason", "referral_number", "referral_date", "containment_note", "stopped_at"),
            *("answer_channel", "answer_note"),
        )


class DossierSerializer(serializers.Serializer[Any]):
    """The dossier of a breach."""

    breach = BreachDetailSerializer()
    tasks = TaskSerializer(many=True)
    evidence = EvidenceSerializer(many=True)
    evidence_lists = EnclosedListSerializer(many=True)
    notices = NoticeSerializer(many=True)
    silences = SilenceSerializer(many=True)
    barriers = BarrierSerializer(many=True)
    review = ReviewSerializer(allow_null=True)
    actions = ReviewActionSerializer(many=True)
    sanctions = SanctionSerializer(many=True)
    alerts = ToldSerializer(many=True)


class DossierActSerializer(ActSerializer):
    """One thing that can be done on a dossier."""

    part = serializers.CharField(help_text="The part of the dossier it belongs to.")
    about_row = serializers.BooleanField(help_text="`row` has to name a record of that part by its `id`.")
    open_only = serializers.BooleanField(help_text="Refused once the breach is closed.")


class DossierActsSerializer(serializers.Serializer[Any]):
    """What can be done on dossiers."""

    results = DossierActSerializer(many=True)


class DoneSerializer(serializers.Serializer[Any]):
    """What came of an act."""

    row = serializers.IntegerField(allow_null=True, help_text="`id` of the record that was written.")
    unchanged = serializers.BooleanField(
        allow_null=True, help_text="Of `evidence-verify`: whether the file still has its SHA-256."
    )
    dossier = DossierSerializer()


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    """Something due after a breach."""

    breach = serializers.CharField(source="breach.number")
    kind = serializers.CharField(help_text="barrier, review, action, sanction or phase.")
    id = serializers.IntegerField(
        source="row", help_text="`id` of the barrier, action, task or phase in the dossier."
    )
    text = serializers.CharField(source="about")
    owner = named("owner")

    class Meta:
        model = FollowUp
        fields = ("breach", "kind", "id", "text", "owner", "due_on")


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """A window of the rota."""

    officer = named("officer", required=True)
    deputy = named("deputy", required=True)
    made_by, made_for = named("made_by", required=True), named("made_for")
    cancelled_by, cancelled_for = named("cancelled_by"), named("cancelled_for")

    class Meta:
        model = Shift
        fields = (
            *("id", "officer", "deputy", "starts_at", "ends_at", "made_by", "made_for", "cancelled_at"),
            *("cancelled_by", "cancelled_for"),
        )


class GapSerializer(serializers.Serializer[Any]):
    """Hours in which nobody is on call."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class RotaGapsSerializer(serializers.Serializer[Any]):
    """The gaps of the weeks ahead."""

    results = GapSerializer(many=True)


class PlannedShiftsSerializer(serializers.Serializer[Any]):
    """The windows a pattern put on the rota."""

    results = ShiftSerializer(many=True)


class OfficerSerializer(serializers.ModelSerializer[EmergencyOfficer]):
    """Somebody appointed for emergencies (Ek-5 5.1.1)."""

    person = named("person", required=True)

    class Meta:
        model = EmergencyOfficer
        fields = ("person", "duty", "authority", "appointed_on", "reference", "review_by")


class CooperationSerializer(serializers.ModelSerializer[Cooperation]):
    """What an emergency needs from another unit (Ek-5 5.1.2)."""

    class Meta:
        model = Cooperation
        fields = ("partner", "need", "contact", "review_by")


class LevelPlanSerializer(serializers.ModelSerializer[LevelPlan]):
    """Risks, losses and what to do, for one level (Ek-5 5.1.8)."""

    class Meta:
        model = LevelPlan
        fields = ("level", "risks", "losses", "before", "after", "review_by")


class AuthorityToTurnToSerializer(serializers.ModelSerializer[Authority]):
    """Whom to turn to for a special event (Ek-5 5.1.11)."""

    class Meta:
        model = Authority
        fields = ("event", "institution", "way", "contact", "applicant", "review_by")


class PlanSerializer(serializers.Serializer[Any]):
    """The emergency plan."""

    officers = OfficerSerializer(many=True)
    cooperations = CooperationSerializer(many=True)
    levels = LevelPlanSerializer(many=True)
    authorities = AuthorityToTurnToSerializer(many=True)


class OwnReportSerializer(serializers.ModelSerializer[Breach]):
    """All that a reporter learns of a report."""

    status = serializers.SerializerMethodField()

    class Meta:
        model = Breach
        fields = ("reported_at", "status")

    @extend_schema_field(serializers.ChoiceField(choices=reporting.Status.choices))
    def get_status(self, breach: Breach) -> str:
        """Received, being examined or concluded."""
        return str(reporting.status_of(breach).value)
