"""Documents, versions, clauses, announcements and readings over the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from security_docs.models import (
    Announcement,
    Approval,
    Audience,
    Clause,
    Document,
    Reading,
    Version,
    VersionState,
)


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A row of the register."""

    kind = serializers.CharField(help_text="policy, procedure, instruction, form, a plan or training.")
    owner = serializers.CharField(source="owner.full_name")
    in_force = serializers.IntegerField(
        allow_null=True, help_text="Number of the version in force; null when there is none."
    )
    in_force_since = serializers.DateTimeField(allow_null=True)
    preparing = serializers.ChoiceField(
        VersionState.choices, allow_null=True, help_text="State of the version being prepared."
    )

    class Meta:
        model = Document
        fields: tuple[str, ...] = (
            *("id", "number", "title", "kind", "classification", "owner", "in_force", "in_force_since"),
            *("preparing", "next_review_on", "needs_signature", "ended_on"),
        )


class GroupSerializer(serializers.ModelSerializer[Audience]):
    """A group that has to read a document."""

    kind = serializers.CharField(help_text="everybody, institution, institution_kind, unit or role.")
    name = serializers.CharField()

    class Meta:
        model = Audience
        fields = ("id", "kind", "name")


class VersionSerializer(serializers.ModelSerializer[Version]):
    """A version without its text."""

    state = serializers.CharField(help_text="draft, review, approved, published, retired or discarded.")
    has_file = serializers.SerializerMethodField(help_text="It was uploaded as a file.")
    drafted_by = serializers.CharField(source="drafted_by.full_name")
    published_by = serializers.CharField(source="published_by.full_name", default=None, allow_null=True)
    for_case = serializers.CharField(
        source="compliance.number",
        default=None,
        allow_null=True,
        help_text="The notified document it was prepared for.",
    )

    class Meta:
        model = Version
        fields: tuple[str, ...] = (
            *("number", "version", "state", "has_file", "upload_name", "page_count", "sha256"),
            *("change_note", "for_case", "drafted_by", "drafted_at", "submitted_at", "approved_at"),
            *("published_at", "published_by", "read_by", "retired_at"),
        )

    def get_has_file(self, version: Version) -> bool:
        """Whether there is a file to be downloaded."""
        return version.upload_id is not None


class DocumentDetailSerializer(DocumentSerializer):
    """A document with its versions and readers; of the readers the unit alone is told."""

    versions = serializers.SerializerMethodField()
    readers = serializers.SerializerMethodField()

    class Meta(DocumentSerializer.Meta):
        fields = (
            *DocumentSerializer.Meta.fields,
            *("review_months", "reading_days", "training_subject", "ended_reason", "versions", "readers"),
        )

    @extend_schema_field(VersionSerializer(many=True))
    def get_versions(self, _document: Document) -> Any:
        """Those this key's user may see, the newest first."""
        return VersionSerializer(self.context["versions"], many=True).data

    @extend_schema_field(GroupSerializer(many=True))
    def get_readers(self, _document: Document) -> Any:
        """The groups that read it."""
        return GroupSerializer(self.context["groups"], many=True).data


class ApprovalSerializer(serializers.ModelSerializer[Approval]):
    """Who was asked to approve a version, and what they answered."""

    person = serializers.CharField(source="person.full_name")

    class Meta:
        model = Approval
        fields = ("person", "asked_at", "agreed_at", "sha256", "note")


class TallySerializer(serializers.Serializer[Any]):
    """How far the reading has come."""

    expected = serializers.IntegerField()
    signed = serializers.IntegerField()


class VersionDetailSerializer(VersionSerializer):
    """A version with its text and approvals."""

    document = serializers.IntegerField(source="document_id")
    text = serializers.CharField(help_text="What it says; of a file, the text found in it.")
    approvals = serializers.SerializerMethodField()
    tally = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = ("document", *VersionSerializer.Meta.fields, "text", "approvals", "tally")

    @extend_schema_field(ApprovalSerializer(many=True))
    def get_approvals(self, _version: Version) -> Any:
        """Those of the present round."""
        return ApprovalSerializer(self.context["approvals"], many=True).data

    @extend_schema_field(TallySerializer(allow_null=True))
    def get_tally(self, _version: Version) -> Any:
        """For the unit, once it was in force."""
        found = self.context["tally"]
        return TallySerializer(found).data if found is not None else None


class ProofSerializer(serializers.ModelSerializer[Reading]):
    """One person on the proof list."""

    name = serializers.CharField(source="reader.full_name")
    registry_no = serializers.CharField(source="reader.registry_no", allow_null=True)
    institution = serializers.CharField(source="place")
    paper = serializers.SerializerMethodField(help_text="Number of the list signed by hand; null otherwise.")

    class Meta:
        model = Reading
        fields = (
            *("id", "name", "registry_no", "institution", "asked_at", "signed_at", "signed_hash"),
            *("paper", "ended_at"),
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_paper(self, reading: Reading) -> str | None:
        """The list."""
        return str(reading.paper) if reading.paper_id else None


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    """What this key's user was asked to read."""

    document = serializers.CharField(source="version.document.number")
    title = serializers.CharField(source="version.document.title")
    version = serializers.IntegerField(source="version.number")
    sha256 = serializers.CharField(source="version.sha256", help_text="What a signature has to name.")
    page_count = serializers.IntegerField(source="version.page_count")
    in_force = serializers.SerializerMethodField()
    read_by = serializers.DateField(source="version.read_by", allow_null=True)

    class Meta:
        model = Reading
        fields = (
            *("id", "document", "title", "version", "sha256", "page_count", "pages_seen", "in_force"),
            *("asked_at", "read_by", "signed_at", "signed_hash", "ended_at"),
        )

    def get_in_force(self, reading: Reading) -> bool:
        """The version still holds."""
        return reading.version.state == VersionState.PUBLISHED


class PageSerializer(serializers.Serializer[Any]):
    """One page of a document to be read."""

    page = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)
    seen = serializers.BooleanField()
    to_be_opened = serializers.BooleanField(
        help_text="The page is a picture: it counts as seen only once its `pdf/` was fetched."
    )


class ClauseSerializer(serializers.ModelSerializer[Clause]):
    """A clause of a notified document and what it means for the province."""

    case = serializers.CharField(source="compliance.number")
    owner = serializers.CharField(source="owner.full_name", default=None, allow_null=True)

    class Meta:
        model = Clause
        fields = (
            *("id", "case", "number", "text", "verdict", "reason", "gap", "owner", "due_on"),
            *("closed_on", "closing_note"),
        )


class ClausesSerializer(serializers.Serializer[Any]):
    """All clauses of a notified document."""

    results = ClauseSerializer(many=True)


class AnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    """An announcement as the unit sees it."""

    state = serializers.CharField(help_text="draft, published or withdrawn.")
    case = serializers.CharField(source="compliance.number", default=None, allow_null=True)
    document_version = serializers.CharField(
        source="document_version.label", default=None, allow_null=True, help_text="The announced version."
    )

    class Meta:
        model = Announcement
        fields = (
            *("id", "version", "title", "text", "state", "case", "document_version", "made_at"),
            *("published_at", "withdrawn_at"),
        )
