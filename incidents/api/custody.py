"""Evidence, its chain of custody and the lists of it over the wire; people by their names."""

from __future__ import annotations

from rest_framework import serializers

from incidents.dossier import Enclosed
from incidents.models import Evidence, Handover


def named(source: str, *, required: bool = False) -> serializers.CharField:
    """Somebody's name; null where nobody did it yet."""
    path = f"{source}.full_name"
    return (
        serializers.CharField(source=path)
        if required
        else serializers.CharField(source=path, default=None, allow_null=True)
    )


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """One link of the chain of custody."""

    recorded_by, recorded_for = named("recorded_by"), named("recorded_for")

    class Meta:
        model = Handover
        fields = (
            *("position", "giver", "receiver", "handed_at", "reason", "recorded_at", "recorded_by"),
            "recorded_for",
        )


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A piece of evidence with its chain."""

    collected_by = named("collected_by", required=True)
    collected_for = named("collected_for")
    has_file = serializers.SerializerMethodField()
    chain = HandoverSerializer(many=True)

    class Meta:
        model = Evidence
        fields = (
            *("id", "position", "title", "description", "has_file", "sha256", "collected_at", "collected_by"),
            *("collected_for", "place", "chain"),
        )

    def get_has_file(self, piece: Evidence) -> bool:
        """It is a file kept here."""
        return piece.document_id is not None


class EnclosedListSerializer(serializers.Serializer[Enclosed]):
    """The list of evidence in one letter."""

    letter = serializers.IntegerField(
        source="listing.annex.letter_id",
        help_text="The letter; the `row` of `evidence-annex` that renews it.",
    )
    subject = serializers.CharField(source="letter.subject")
    state = serializers.CharField(
        source="letter.state", help_text="Where the letter stands, as in its own record."
    )
    pieces = serializers.IntegerField(source="listing.pieces")
    listed_at = serializers.DateTimeField(source="listing.listed_at")
    listed_by, listed_for = named("listing.listed_by", required=True), named("listing.listed_for")
    is_current = serializers.BooleanField(
        help_text="Nothing was secured or handed over since the list was drawn up."
    )
