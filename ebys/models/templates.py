"""Letter templates: what the unit writes often, one per occasion of a sub-process."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ebys import wording, words
from ebys.models.codes import Security, Urgency
from processes.models.catalogue import SDP_CODE


class Addressee(models.TextChoices):
    """Whom a template writes to when nobody says otherwise."""

    APPLICANT = "applicant", _("The applicant's institution")
    FIXED = "fixed", _("The institutions listed below")
    NONE = "none", _("Chosen when drafting")


class LetterTemplateQuerySet(models.QuerySet["LetterTemplate"]):
    """Templates as the drafting page needs them."""

    def for_subprocess(self, number: str) -> LetterTemplateQuerySet:
        """Templates in use for a sub-process."""
        return self.filter(subprocess__number=number, is_active=True)


class LetterTemplate(models.Model):
    """The text of a letter with placeholders in braces, for one step of a sub-process or for any of its steps.

    `step_key` is the code name of the step that writes it; empty offers it at every step.
    """

    subprocess = models.ForeignKey(
        "processes.Subprocess", models.PROTECT, related_name="letter_templates", verbose_name=_("sub-process")
    )
    step_key = models.SlugField(
        _("step"),
        max_length=40,
        blank=True,
        help_text=_("Code name of the step; leave empty to offer it at every step."),
    )
    name = models.CharField(_("name"), max_length=120)
    subject = models.CharField(
        _("subject"), max_length=200, help_text=_("Initial capitals, no full stop at the end.")
    )
    body = models.TextField(
        _("text"),
        help_text=_(
            "Paragraphs are separated by an empty line. The closing phrase is added by itself; write it nowhere."
        ),
    )
    addressee = models.CharField(
        _("written to"), max_length=10, choices=Addressee.choices, default=Addressee.APPLICANT
    )
    action_recipients = models.ManyToManyField(
        "accounts.Institution", blank=True, related_name="+", verbose_name=_("for action (gereği)")
    )
    information_recipients = models.ManyToManyField(
        "accounts.Institution", blank=True, related_name="+", verbose_name=_("for information (bilgi)")
    )
    sdp_code = models.CharField(
        _("file-plan code"),
        max_length=12,
        blank=True,
        validators=[SDP_CODE],
        help_text=_("Leave empty to take the first code of the sub-process."),
    )
    security = models.CharField(_("secrecy"), max_length=3, choices=Security.choices, default=Security.NONE)
    urgency = models.CharField(_("urgency"), max_length=3, choices=Urgency.choices, default=Urgency.NORMAL)
    signatory_name = models.CharField(_("signed by"), max_length=120, blank=True)
    signatory_title = models.CharField(_("title of the signatory"), max_length=120, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ("subprocess__number", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("subprocess", "name"),
                name="lettertemplate_name_once",
                violation_error_message=_("This sub-process already has a template of that name."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Only placeholders the program can fill in may stand in a template; old secrecy degrees are not written."""
        super().clean()
        known = words.known_in(self.subprocess.number) if self.subprocess_id else wording.PLACEHOLDERS
        problems = {
            field: _("These placeholders are not known: %(names)s.") % {"names": ", ".join(unknown)}
            for field in ("subject", "body")
            if (unknown := wording.unknown_placeholders(getattr(self, field), known))
        }
        if problems:
            raise ValidationError(problems)
