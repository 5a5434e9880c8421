"""Breaches and what belongs to them over the wire; people by their names, as the pages print them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ebys.api.acting import ActSerializer
from incidents import reporting
from incidents.models import (
    Alert,
    Authority,
    Barrier,
    Breach,
    Cooperation,
    EmergencyOfficer,
    Evidence,
    FollowUp,
    Handover,
    LevelPlan,
    Notice,
    Review,
    ReviewAction,
    Sanction,
    Shift,
    Silence,
    Task,
)


def named(source: str, *, required: bool = False) -> serializers.CharField:
    """Somebody's name; null where nobody did it yet."""
    path = f"{source}.full_name"
    return (
        serializers.CharField(source=path)
        if required
        else serializers.CharField(source=path, default=None, allow_null=True)
    )


class BreachSerializer(serializers.ModelSerializer[Breach]):
    """A breach as the register shows it."""

    category = serializers.CharField(source="category.name", default=None, allow_null=True)
    clock_until = serializers.SerializerMethodField(
        help_text="The end of the 72 hours while they run; null otherwise."
    )

    class Meta:
        model = Breach
        fields: tuple[str, ...] = (
            *("number", "version", "title", "state", "level", "category", "source", "decision"),
            *("personal_data", "reported_at", "learned_at", "kvkk_settled_at", "clock_until", "closed_at"),
        )

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_clock_until(self, breach: Breach) -> Any:
        """When the 72 hours are over."""
        return breach.countdown.deadline if breach.clock_runs else None


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A line of the check lists, or a task of this breach alone."""

    settled_by = named("settled_by")

    class Meta:
        model = Task
        fields = ("id", "phase", "text", "is_mandatory", "outcome", "note", "settled_at", "settled_by")


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """One link of the chain of custody."""

    recorded_by = named("recorded_by")

    class Meta:
        model = Handover
        fields = ("position", "giver", "receiver", "handed_at", "reason", "recorded_at", "recorded_by")


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A piece of evidence with its chain."""

    collected_by = named("collected_by", required=True)
    has_file = serializers.SerializerMethodField()
    chain = HandoverSerializer(many=True)

    class Meta:
        model = Evidence
        fields = (
            *("id", "position", "title", "description", "has_file", "sha256", "collected_at", "collected_by"),
            *("place", "chain"),
        )

    def get_has_file(self, piece: Evidence) -> bool:
        """It is a file kept here."""
        return piece.document_id is not None


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A notice as it went out."""

    recorded_by = named("recorded_by", required=True)

    class Meta:
        model = Notice
        fields = (
            *("id", "addressee", "position", "sent_at", "way", "reference", "summary", "late_reason"),
            *("recorded_at", "recorded_by"),
        )


class SilenceSerializer(serializers.ModelSerializer[Silence]):
    """A decision not to tell the Board, proposed or answered."""

    proposed_by = named("proposed_by", required=True)
    answered_by = named("answered_by")

    class Meta:
        model = Silence
        fields = (
            *("id", "reason", "proposed_at", "proposed_by", "answered_at", "answered_by"),
            *("is_approved", "answer"),
        )


class BarrierSerializer(serializers.ModelSerializer[Barrier]):
    """A barrier against repetition."""

    owner = named("owner", required=True)
    verified_by = named("verified_by")

    class Meta:
        model = Barrier
        fields = ("id", "text", "owner", "verify_on", "verified_at", "verified_by", "holds", "finding")


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """The look back after an emergency."""

    held_by = named("held_by")

    class Meta:
        model = Review
        fields = ("due_on", "held_on", "held_by", "participants", "course", "lessons")


class ReviewActionSerializer(serializers.ModelSerializer[ReviewAction]):
    """Something the review decided."""

    owner = named("owner", required=True)
    done_by = named("done_by")

    class Meta:
        model = ReviewAction
        fields = ("id", "text", "owner", "due_on", "done_at", "done_by", "result")


class SanctionSerializer(serializers.ModelSerializer[Sanction]):
    """A sanction as its own authority decided it."""

    kind = serializers.CharField(help_text="As the act `sanction` takes it.")
    recorded_by = named("recorded_by", required=True)

    class Meta:
        model = Sanction
        fields = (
            *("id", "kind", "concerning", "decided_by", "decided_on", "reference", "text"),
            *("recorded_at", "recorded_by"),
        )


class ToldSerializer(serializers.ModelSerializer[Alert]):
    """Who was told of a breach, and whether they answered."""

    person = named("person", required=True)
    acknowledged_by = named("acknowledged_by")

    class Meta:
        model = Alert
        fields: tuple[str, ...] = (
            *("person", "rank", "told_at", "answer_by", "acknowledged_at", "acknowledged_by"),
            "passed_on_at",
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
    kind = serializers.CharField(help_text="barrier, review or action.")
    id = serializers.IntegerField(source="row", help_text="`id` of the barrier or action in the dossier.")
    text = serializers.CharField(source="about")
    owner = named("owner")

    class Meta:
        model = FollowUp
        fields = ("breach", "kind", "id", "text", "owner", "due_on")


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """A window of the rota."""

    officer = named("officer", required=True)
    deputy = named("deputy", required=True)
    made_by = named("made_by", required=True)

    class Meta:
        model = Shift
        fields = ("id", "officer", "deputy", "starts_at", "ends_at", "made_by", "cancelled_at")


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
