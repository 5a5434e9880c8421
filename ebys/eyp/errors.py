"""Why a package is not taken in: one class, one code and one sentence for every way a package can be wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from processes.errors import DomainError, RuleBroken, Text, TooLarge, UnknownMedia


class EypError(DomainError):
    """The file is no e-Yazışma package this office can read. The sender's bytes stay in quarantine."""

    code = "eyp-refused"
    sentence: ClassVar[Text] = ""

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence) % self.values if self.values else str(self.sentence)


class NotAZip(EypError, UnknownMedia):
    """Something else was sent: a PDF, an image, an empty file."""

    code = "eyp-not-a-zip"
    sentence = _("The file is not an e-Yazışma package: it is no ZIP container.")


class NotAPackage(EypError, UnknownMedia):
    """A ZIP, but not one with the parts of an e-Yazışma package (a Word file, a plain archive)."""

    code = "eyp-not-a-package"
    sentence = _("The file is a ZIP archive but not an e-Yazışma package.")


class Truncated(EypError, RuleBroken):
    """The transfer broke off or the file is damaged."""

    code = "eyp-truncated"
    sentence = _("The package is incomplete or damaged. Ask the sender to send it again.")


class Encrypted(EypError, RuleBroken):
    """A .eyps package: only the institution's key opens it."""

    code = "eyp-encrypted"
    sentence = _(
        "The package is encrypted (.eyps). Open it in EBYS with the institution's key and deliver the plain package."
    )


class PasswordProtected(EypError, RuleBroken):
    """The ZIP itself has a password, which no e-Yazışma package has."""

    code = "eyp-password-protected"
    sentence = _("The package holds password-protected files, which e-Yazışma does not know.")


class UpdatePackage(EypError, RuleBroken):
    """A .eypg package: it changes the security level of a letter sent earlier."""

    code = "eyp-update"
    sentence = _(
        "This is an update package (.eypg), not a letter. Handle the changed security level in EBYS."
    )


class UnknownVersion(EypError, RuleBroken):
    """Neither 1.3 nor 2.0."""

    code = "eyp-unknown-version"
    sentence = _("The package is of e-Yazışma version “%(version)s”; versions 1.3 and 2.0 are read.")


class MissingPart(EypError, RuleBroken):
    """A part the guide requires, or one the package itself announces, is not inside."""

    code = "eyp-missing-part"
    sentence = _("The package lacks a part it must have: %(part)s.")


class DuplicatePart(EypError, RuleBroken):
    """Two parts of one name: two readers would see two different letters."""

    code = "eyp-duplicate-part"
    sentence = _("The package holds the same part twice: %(part)s.")


class PathTraversal(EypError, RuleBroken):
    """A part's name leads out of the package."""

    code = "eyp-path"
    sentence = _("A part of the package has a name that is not allowed.")


class ForbiddenXml(EypError, RuleBroken):
    """A document type or entities in the XML: never needed here, often an attack."""

    code = "eyp-forbidden-xml"
    sentence = _("The part %(part)s contains a document type or entity definition, which is not accepted.")


class BrokenXml(EypError, RuleBroken):
    """A part that should be XML cannot be read as XML."""

    code = "eyp-broken-xml"
    sentence = _("The part %(part)s cannot be read.")


class BadMetadata(EypError, RuleBroken):
    """The Üstveri lacks something or says something that cannot be."""

    code = "eyp-bad-metadata"
    sentence = _("The letter's metadata is not valid: %(field)s.")


class BadDigest(EypError, RuleBroken):
    """A part is not the one the summary was made of: the letter was changed on its way."""

    code = "eyp-bad-digest"
    sentence = _("A part of the package was changed after it was summarised: %(part)s (%(summary)s).")


class WeakDigest(EypError, RuleBroken):
    """A part that has to be covered by a summary is not, or only by a method that proves nothing."""

    code = "eyp-weak-digest"
    sentence = _("The summary %(summary)s does not cover the part %(part)s with an accepted method.")


class IdentityMismatch(EypError, RuleBroken):
    """Two parts belong to different letters."""

    code = "eyp-identity"
    sentence = _("The parts of the package carry different document identifiers (BelgeId).")


class CoverNotPdf(EypError, RuleBroken):
    """The üst yazı is not a PDF."""

    code = "eyp-cover-not-pdf"
    sentence = _("The letter's cover (üst yazı) is not a PDF file.")


class PackageTooLarge(EypError, TooLarge):
    """The file is bigger than the office accepts."""

    code = "eyp-too-large"
    sentence = _("The package is larger than %(megabytes)d MB.")


class ZipBomb(EypError, TooLarge):
    """Unpacked it would fill the disk, or it holds absurdly many parts."""

    code = "eyp-bomb"
    sentence = _("The package unpacks to more data or more parts than is accepted.")
