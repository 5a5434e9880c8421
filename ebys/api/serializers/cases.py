"""Cases and their steps over the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.authority import works_in_unit
from accounts.models import User
from ebys.api.fields import described
from ebys.api.serializers.letters import OfficeSerializer
from processes.models import Case, StepRun
from processes.rooms import room_of, state_label


class WaitingSerializer(serializers.Serializer[Any]):
    """Why the clock of a case stands still."""

    since = serializers.DateTimeField()
    reason = serializers.CharField()


class StepNameSerializer(serializers.Serializer[Any]):
    """An official step."""

    key = serializers.CharField()
    number = serializers.CharField()
    name = serializers.CharField()


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A case as a list shows it."""

    subprocess = serializers.SerializerMethodField()
    state = serializers.CharField()
    state_label = serializers.SerializerMethodField()
    channel = serializers.CharField()
    applicant_name = serializers.CharField(source="applicant_display")
    applicant_institution = serializers.SerializerMethodField()
    assignee = serializers.CharField(source="assignee.full_name", default=None, allow_null=True)
    waits_for = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "number", "version", "subprocess", "title", "state", "state_label", "channel", "applicant_name",
            "applicant_institution", "assignee", "waits_for", "due_at", "waiting", "opened_at", "closed_at", "outcome",
        )  # fmt: skip

    def get_subprocess(self, case: Case) -> str:
        """The official number of the sub-process."""
        return case.official_number

    def get_state_label(self, case: Case) -> str:
        """The state in the language asked for."""
        return state_label(case)

    @extend_schema_field(OfficeSerializer(allow_null=True))
    def get_applicant_institution(self, case: Case) -> dict[str, str] | None:
        """The institution that asks."""
        place = case.applicant_institution
        return {"name": place.name, "detsis": place.detsis_no or ""} if place else None

    @extend_schema_field(StepNameSerializer(allow_null=True))
    def get_waits_for(self, case: Case) -> dict[str, str] | None:
        """The official step the case waits for; nothing when closed."""
        return (
            {"key": case.step.key, "number": case.step.number, "name": case.step.name} if case.step else None
        )

    @extend_schema_field(WaitingSerializer(allow_null=True))
    def get_waiting(self, case: Case) -> dict[str, Any] | None:
        """Since when and why its clock stands still."""
        return {"since": case.waiting_since, "reason": case.waiting_reason} if case.waiting_since else None


class RefusalSerializer(serializers.Serializer[Any]):
    """Why this key's user may not take the step now."""

    code = serializers.CharField()
    status = serializers.IntegerField(help_text="What taking the step would be answered with.")
    detail = serializers.CharField()


class FieldChoiceSerializer(serializers.Serializer[Any]):
    """One value of a field with few values."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field by that name


class FieldSerializer(serializers.Serializer[Any]):
    """What a step asks for."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field by that name
    kind = serializers.CharField(
        help_text="text, boolean, integer, date, date-time, email, choice or choices."
    )
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field by that name
    help = serializers.CharField(required=False)
    max_length = serializers.IntegerField(required=False)
    choices = FieldChoiceSerializer(many=True, required=False)


class ActionSerializer(serializers.Serializer[Any]):
    """A step that starts from the present state: allowed, or with the sentence that refuses it."""

    key = serializers.CharField()
    number = serializers.CharField(help_text="The official number; empty for what is no official step.")
    label = serializers.CharField()  # type: ignore[assignment]  # a field by that name
    allowed = serializers.BooleanField()
    refusal = RefusalSerializer(allow_null=True)
    fields_ = FieldSerializer(many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name of the serializer itself, so it is put in under its own name here."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class CaseDetailSerializer(CaseSerializer):
    """A case with what can be done next."""

    actions = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields: tuple[str, ...] = (*CaseSerializer.Meta.fields, "actions")

    @extend_schema_field(ActionSerializer(many=True))
    def get_actions(self, case: Case) -> list[dict[str, Any]]:
        """The steps that start here."""
        return actions_of(case, self.context["by"])


class ConfidentialSerializer(serializers.Serializer[Any]):
    """What is told of a case to a key whose user must not learn of it."""

    confidential = serializers.BooleanField()
    detail = serializers.CharField()


class StepRunSerializer(serializers.ModelSerializer[StepRun]):
    """One step the case went through."""

    key = serializers.CharField(source="step.key")
    number = serializers.CharField(source="step.number")
    name = serializers.CharField(source="step.name")
    planned_days = serializers.IntegerField(source="step.planned_days", allow_null=True)
    outcome = serializers.CharField()
    ended_by = serializers.CharField(source="ended_by.full_name", default=None, allow_null=True)
    on_behalf_of = serializers.CharField(source="on_behalf_of.full_name", default=None, allow_null=True)
    note = serializers.SerializerMethodField()

    class Meta:
        model = StepRun
        fields = (
            "key", "number", "name", "planned_days", "entered_at", "due_at", "ended_at", "ended_by", "on_behalf_of",
            "outcome", "note",
        )  # fmt: skip

    def get_note(self, run: StepRun) -> str:
        """What was written with the step; the unit's staff only."""
        return run.note if works_in_unit(self.context["by"]) else ""


class StepsSerializer(serializers.Serializer[Any]):
    """The steps of a case: those taken, and those that can be taken."""

    case = serializers.CharField()
    version = serializers.IntegerField()
    runs = StepRunSerializer(many=True)
    actions = ActionSerializer(many=True)


def actions_of(case: Any, by: User, *, with_fields: bool = False) -> list[dict[str, Any]]:
    """The steps that start from the present state, as the pages offer them."""
    room = room_of(case)
    found = []
    for offer in room.flow.offered(case, by):
        action: dict[str, Any] = {
            "key": offer.key,
            "number": offer.number,
            "label": str(offer.label),
            "allowed": offer.is_allowed,
            "refusal": None,
        }
        if offer.refusal is not None:
            action["refusal"] = {
                "code": offer.refusal.code,
                "status": offer.refusal.status,
                "detail": str(offer.refusal),
            }
        elif with_fields:
            action["fields"] = described(room.forms[offer.key](case=case, by=by))
        found.append(action)
    return found
