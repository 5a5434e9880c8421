"""Letters over the wire: dates as ISO 8601, codes as e-Yazışma has them."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.models import User
from ebys.models import IncomingFile, IncomingLetter, OutgoingAnnex, OutgoingLetter, Purpose, Recipient
from ebys.models.codes import Security, Urgency
from processes.confidential import is_hidden_from

MOST_ROWS = 500
MOST_FILES = 50
DETSIS = re.compile(r"[0-9]{4,20}", re.ASCII)
EARLIEST_YEAR = 1900


class Strict(serializers.Serializer[Any]):
    """Refuses names it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked values."""
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError(
                {name: [_("There is no such field here.")] for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


def _text(longest: int, **kwargs: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, **kwargs)


def _optional(longest: int, **kwargs: Any) -> serializers.CharField:
    return _text(longest, required=False, allow_blank=True, default="", **kwargs)


def code_field(choices: Any, default: str, help_text: str) -> serializers.CharField:
    """A value of a code list, told in words so that new codes do not break a generated client."""
    values = [str(value) for value in choices.values]

    def known(value: str) -> None:
        if value not in values:
            raise serializers.ValidationError(_("Choose one of: %(values)s.") % {"values": ", ".join(values)})

    return serializers.CharField(
        max_length=3,
        required=False,
        default=default,
        help_text=f"{help_text} ({', '.join(values)})",
        validators=[known],
    )


class Rows(serializers.ListField):
    """A list whose length is looked at before its rows are."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """The checked rows."""
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class Identifier(serializers.UUIDField):
    """A document identifier as text; a number is none."""

    def to_internal_value(self, data: Any) -> Any:
        """The identifier."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class SenderSerializer(Strict):
    """Who wrote the letter."""

    name = _text(300)
    detsis = _optional(20, help_text="The institution's number in DETSİS.")

    def validate_detsis(self, value: str) -> str:
        """Digits only."""
        if value and not DETSIS.fullmatch(value):
            raise serializers.ValidationError(_("A DETSİS number has digits only."))
        return value


class ReferenceSerializer(Strict):
    """One ilgi."""

    label = _optional(10)  # type: ignore[assignment]  # a field by that name
    text = _text(1000)


class DistributionSerializer(Strict):
    """One line of the dağıtım."""

    name = _text(300)
    detsis_no = _optional(20)
    purpose = code_field(Purpose, Purpose.ACTION, "GRG: gereği, BLG: bilgi")
    urgency = code_field(Urgency, Urgency.NORMAL, "İvedilik")


class SentFileSerializer(Strict):
    """A file inside a JSON body."""

    name = _text(200, help_text="File name with its ending.")
    content = serializers.CharField(help_text="The bytes in base64.", trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The bytes as an upload."""
        try:
            content = base64.b64decode(attrs["content"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError({"content": [_("This is not base64.")]}) from error
        if not content:
            raise serializers.ValidationError({"content": [_("The file is empty.")]})
        return {"upload": SimpleUploadedFile(attrs["name"] or "file", content)}


class LetterMetadataSerializer(Strict):
    """A letter without a package: what is written on it."""

    subject = _text(500)
    number = _optional(100, help_text="The sender's number, such as E-11223344-705-17.")
    date = serializers.DateField(required=False, allow_null=True, default=None)
    document_id = Identifier(
        required=False, allow_null=True, default=None, help_text="BelgeId; the same one twice is one letter."
    )
    file_code = _optional(40, help_text="Standard file plan code.")
    file_code_name = _optional(200)
    security = code_field(Security, Security.NONE, "Gizlilik derecesi")
    urgency = code_field(Urgency, Urgency.NORMAL, "İvedilik")
    answer_by = serializers.DateField(required=False, allow_null=True, default=None)
    sender = SenderSerializer()
    references = Rows(child=ReferenceSerializer(), required=False, default=list, max_length=MOST_ROWS)
    distribution = Rows(child=DistributionSerializer(), required=False, default=list, max_length=MOST_ROWS)

    def validate_date(self, value: Any) -> Any:
        """A day somebody can have written."""
        if value is not None and value.year < EARLIEST_YEAR:
            raise serializers.ValidationError(_("This day is too long ago."))
        return value


class LetterWithFilesSerializer(LetterMetadataSerializer):
    """The same with its files, the letter itself first."""

    files = Rows(child=SentFileSerializer(), required=False, default=list, max_length=MOST_FILES)


class PackageUploadSerializer(serializers.Serializer[Any]):
    """A delivery as a form with files: a package, or metadata with the letter's files."""

    package = serializers.FileField(required=False, help_text="One .eyp file of version 1.3 or 2.0.")
    metadata = serializers.CharField(
        required=False, help_text="Instead of a package: the letter's metadata as JSON (see the JSON body)."
    )
    files = serializers.ListField(
        child=serializers.FileField(),
        required=False,
        help_text="With `metadata`: the letter (PDF) and its annexes.",
    )


class IncomingFileSerializer(serializers.ModelSerializer[IncomingFile]):
    """The letter's own page or an annex."""

    media_type = serializers.CharField(source="file.media_type", default="")
    size = serializers.IntegerField(source="file.size", default=None, allow_null=True)
    sha256 = serializers.CharField(source="file.sha256", default="")

    class Meta:
        model = IncomingFile
        fields = (
            "position",
            "is_cover",
            "title",
            "description",
            "file_name",
            "media_type",
            "size",
            "sha256",
            "is_signed",
        )


class OfficeSerializer(serializers.Serializer[Any]):
    """An institution by name and DETSİS number."""

    name = serializers.CharField()
    detsis = serializers.CharField()


def known_number(letter: IncomingLetter | OutgoingLetter, by: User) -> str | None:
    """The number of a letter's case, as far as this person may learn it."""
    case = letter.case
    return case.number if case is not None and not is_hidden_from(case, by) else None


class IncomingLetterSerializer(serializers.ModelSerializer[IncomingLetter]):
    """A letter that reached the unit."""

    document_id = serializers.UUIDField(source="belge_id", allow_null=True)
    number = serializers.CharField(source="official_number")
    date = serializers.DateField(source="dated", allow_null=True)
    file_code = serializers.CharField(source="sdp_code")
    file_code_name = serializers.CharField(source="sdp_name")
    package_version = serializers.CharField(source="eyp_version")
    sender = serializers.SerializerMethodField()
    state = serializers.CharField()
    state_label = serializers.CharField(source="get_state_display")
    security = serializers.CharField()
    urgency = serializers.CharField()
    origin = serializers.CharField()
    references = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    distribution = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    signers = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    signature_notice = serializers.SerializerMethodField()
    case = serializers.SerializerMethodField()
    files = IncomingFileSerializer(many=True)

    class Meta:
        model = IncomingLetter
        fields: tuple[str, ...] = (
            "id", "document_id", "subject", "number", "date", "file_code", "file_code_name", "security", "urgency",
            "answer_by", "sender", "references", "distribution", "signers", "files", "origin", "package_version",
            "digests_match", "signature_checked", "signature_notice", "received_at", "state", "state_label", "case",
        )  # fmt: skip

    @extend_schema_field(OfficeSerializer)
    def get_sender(self, letter: IncomingLetter) -> dict[str, str]:
        """The sender as the letter names it."""
        return {"name": letter.sender_display, "detsis": letter.sender_detsis}

    def get_case(self, letter: IncomingLetter) -> str | None:
        """The number of the case, unless it is confidential and the key's user does not know of it."""
        return known_number(letter, self.context["by"])

    def get_signature_notice(self, letter: IncomingLetter) -> str:
        """Always shown beside a letter."""
        return _("The signature was not verified.")


class DeliverySerializer(IncomingLetterSerializer):
    """The answer to a delivery."""

    duplicate = serializers.SerializerMethodField(help_text="The letter was here already; nothing was added.")

    class Meta(IncomingLetterSerializer.Meta):
        fields: tuple[str, ...] = (*IncomingLetterSerializer.Meta.fields, "duplicate")

    def get_duplicate(self, letter: IncomingLetter) -> bool:
        """Whether the letter was here already."""
        return bool(self.context.get("duplicate"))


class RecipientSerializer(serializers.ModelSerializer[Recipient]):
    """One addressee of a letter of ours."""

    name = serializers.CharField()
    detsis = serializers.CharField(source="institution.detsis_no", default="", allow_null=True)
    unit = serializers.CharField(source="unit_name")
    purpose = serializers.CharField()

    class Meta:
        model = Recipient
        fields = ("name", "detsis", "unit", "purpose", "without_annexes")


class AnnexSerializer(serializers.ModelSerializer[OutgoingAnnex]):
    """One ek of a letter of ours."""

    kind = serializers.CharField()

    class Meta:
        model = OutgoingAnnex
        fields = ("position", "title", "extent", "kind", "file_name")


class OutgoingLetterSerializer(serializers.ModelSerializer[OutgoingLetter]):
    """A letter of ours on its way through EBYS. Number and date are EBYS's to give."""

    document_id = serializers.UUIDField(source="belge_id")
    state = serializers.CharField()
    state_label = serializers.CharField(source="get_state_display")
    file_code = serializers.CharField(source="sdp_code")
    security = serializers.CharField()
    urgency = serializers.CharField()
    references = serializers.ListField(child=serializers.CharField())
    recipients = RecipientSerializer(many=True)
    annexes = AnnexSerializer(many=True)
    case = serializers.SerializerMethodField()
    number = serializers.CharField(source="official_number")
    date = serializers.DateField(source="dated", allow_null=True)
    package_url = serializers.SerializerMethodField()
    pdf_url = serializers.SerializerMethodField()

    class Meta:
        model = OutgoingLetter
        fields = (
            "id", "version", "document_id", "state", "state_label", "subject", "file_code", "security", "urgency",
            "answer_by", "references", "recipients", "annexes", "signatory_name", "signatory_title", "case",
            "approved_at", "handed_at", "number", "date", "registered_at", "returned_at", "return_reason",
            "package_url", "pdf_url",
        )  # fmt: skip

    def get_case(self, letter: OutgoingLetter) -> str | None:
        """The number of the case, unless it is confidential and the key's user does not know of it."""
        return known_number(letter, self.context["by"])

    def get_package_url(self, letter: OutgoingLetter) -> str:
        """Where the taslak package is."""
        return self._address("api:outgoing-letter-package", letter)

    def get_pdf_url(self, letter: OutgoingLetter) -> str:
        """Where the PDF is."""
        return self._address("api:outgoing-letter-pdf", letter)

    def _address(self, name: str, letter: OutgoingLetter) -> str:
        return reverse(name, args=(letter.pk,), request=self.context.get("request"))


class RegistrationSerializer(Strict):
    """EBYS signed and registered the letter."""

    number = _text(100, help_text="The number EBYS gave, such as E-12345678-705-1042.")
    date = serializers.DateField(help_text="The date EBYS gave.")

    def validate_date(self, value: Any) -> Any:
        """A day somebody can have registered a letter on."""
        if value.year < EARLIEST_YEAR:
            raise serializers.ValidationError(_("This day is too long ago."))
        return value


class RejectionSerializer(Strict):
    """EBYS or a signatory sends the letter back."""

    reason = _text(500)


class NothingSerializer(Strict):
    """An empty body."""
