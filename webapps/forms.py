"""What each step of 5.3.7 asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from processes import forms as steps
from processes.asking import AskingForm
from processes.fields import person_field, text_field
from processes.forms import StepForm
from processes.models import Channel, Document
from webapps import lines as typed
from webapps import queries, tickets, workflow
from webapps.models import AccessRequest, AnswerChannel, Application, Origin, Standing
from webapps.widgets import CheckList, RowsInput, TicketsInput

LINES_HELP = _(
    "One user a line: registry number or name; operation; role. Lines can be pasted from a table. Operations: define, "
    "authorise, remove, deactivate."
)
AFTER_COMPARISON = _(
    "One user a line: registry number or name; operation; role. An account that is nobody's is written by its user name and "
    "deactivated, or loses a role; so does a role that is in no catalogue."
)
MOST_TEXT = 20_000


def application_field(**kwargs: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """The application a letter is about."""
    return forms.ModelChoiceField(
        Application.objects.active().in_order(),
        label=_("Web application"),
        empty_label=_("Not chosen"),
        **kwargs,
    )


def lines_field(**kwargs: Any) -> forms.CharField:
    """The users of a letter as text."""
    return forms.CharField(label=_("Users"), max_length=MOST_TEXT, help_text=LINES_HELP, **kwargs)


class ReadsLines(forms.Form):
    """A form whose text of users is read into entries."""

    by: Any
    is_after_comparison = False

    def read_lines(self, data: dict[str, Any]) -> None:
        """Put the entries in place of the text; each line that cannot be taken is told beside it."""
        if "lines" not in data:
            return
        entries, wrong = typed.read(
            data["lines"], data.get("application"), self.by, after_comparison=self.is_after_comparison
        )
        for sentence in wrong:
            self.add_error("lines", sentence)
        data["lines"] = entries


class RequestForm(ReadsLines, AskingForm):
    """5.3.7.1: many users of one application; a letter may also be registered by its text alone."""

    function = workflow.request
    field_order = (
        "application",
        "title",
        "lines",
        "applicant",
        "applicant_name",
        "applicant_contact",
        "applicant_institution",
        "description",
        "channel",
    )

    application = application_field(required=False)
    lines = lines_field(required=False, widget=RowsInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Left empty, it names the application.")
        if self.is_for_staff:
            self.fields["channel"].initial = Channel.LETTER
            asking = self.fields["applicant"]
            assert isinstance(asking, forms.ModelChoiceField)
            asking.queryset = User.objects.people().select_related("institution")
        widget = self.fields["lines"].widget
        if isinstance(widget, RowsInput):
            widget.roles = queries.role_choices

    def clean(self) -> dict[str, Any]:
        """A request is about somebody, unless it was registered from a letter to be entered later."""
        data = super().clean() or {}
        self.read_lines(data)
        widget = self.fields["lines"].widget
        if isinstance(widget, RowsInput) and widget.wants_more(self.data):
            self.add_error("lines", _("More rows were added; nothing has been sent yet."))
        elif not self.errors and not data["lines"] and not self.is_for_staff:
            self.add_error("lines", _("Enter at least one user."))
        if not self.errors:
            named = {entry.application.pk: entry.application for entry in data["lines"]}
            if data["application"] is None and len(named) == 1:
                data["application"] = next(iter(named.values()))
            data["title"] = data["title"] or title_of(data["application"], data["lines"])
        return data


def title_of(application: Application | None, entries: list[typed.Entry]) -> str:
    """What a request is called when nobody gave it a subject."""
    names = [application.name] if application else sorted({entry.application.name for entry in entries})
    return str(_("Access to %(applications)s") % {"applications": ", ".join(names) or "—"})[:200]


class AccessForm(StepForm):
    """A step of an access request; its lines are read once."""

    case: AccessRequest

    @cached_property
    def lines(self) -> list[queries.Line]:
        """The lines of the request."""
        return queries.lines_of(self.case)

    def choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        """Let a field of ticks offer these choices."""
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices


class EnterForm(ReadsLines, AccessForm):
    """The users of a letter that was registered by its text."""

    function = workflow.enter

    application = application_field(required=False)
    lines = lines_field(widget=forms.Textarea(attrs={"rows": 8}))  # type: ignore[assignment]  # a field by that name

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].initial = self.case.application_id
        self.is_after_comparison = self.case.origin == Origin.RECONCILIATION
        if self.is_after_comparison:
            self.fields["lines"].help_text = AFTER_COMPARISON
        if not self.is_bound:
            present = self.case.lines.select_related("employee", "role", "application").order_by("position")
            self.fields["lines"].initial = typed.written(present)

    def clean(self) -> dict[str, Any]:
        """Each line as it is found in the registers."""
        data = super().clean() or {}
        data["application"] = data.get("application") or self.case.application
        self.read_lines(data)
        return data


class EvaluateForm(AccessForm):
    """5.3.7.2: the check list of every user; what is not ticked rejects with the condition's own reason."""

    function = workflow.evaluate

    all_met = forms.BooleanField(label=_("Every user fulfils every condition"), required=False)
    met = forms.MultipleChoiceField(
        label=_("Conditions fulfilled"),
        required=False,
        widget=CheckList,
        help_text=_("A condition left unticked rejects that user with the condition's reason."),
    )
    refused = forms.MultipleChoiceField(
        label=_("Rejected for another reason"), required=False, widget=forms.CheckboxSelectMultiple
    )
    refusal = text_field(_("That reason"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = queries.asks_of(self.lines)
        self.choose("met", [(ask.key, ask) for ask in asks])
        self.choose("refused", [(str(line.pk), line.label) for line in self.lines])


class RejectForm(AccessForm):
    """5.3.7.3."""

    function = workflow.reject

    note = text_field(_("Remark"), rows=2, required=False)


class PerformForm(AccessForm):
    """5.3.7.4: what the unit did itself; the rest goes to the software support."""

    function = workflow.perform

    done = forms.MultipleChoiceField(
        label=_("Carried out by us"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Users left unticked go to the software support."),
    )
    evidence = text_field(
        _("Evidence"),
        rows=2,
        required=False,
        help_text=_("How it is known to be done: a screen, a record number, a mail."),
    )
    document = forms.ModelChoiceField(
        Document.objects.none(), label=_("File of evidence"), required=False, empty_label=_("None")
    )
    ticket = forms.CharField(
        label=_("Number of the support request"),
        max_length=tickets.MOST_TEXT,
        required=False,
        widget=TicketsInput,
        help_text=_(
            "For the users you cannot do yourself; three working days begin. Each application has its own number; in one text "
            "they are written as “CODE: number”, a line each."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Document.objects.filter(case=self.case.pk, withdrawn_at__isnull=True)
        open_lines = [line for line in self.lines if line.standing != Standing.REFUSED]
        self.choose("done", [(str(line.pk), line.label) for line in open_lines])
        widget = self.fields["ticket"].widget
        assert isinstance(widget, TicketsInput)
        widget.applications = {line.application_code: line.application_name for line in open_lines}
        if not self.is_bound:
            self.fields["done"].initial = [
                str(line.pk) for line in open_lines if not line.by_support and not line.is_in_vain
            ]


class EscalateForm(AccessForm):
    """5.3.7.5."""

    function = workflow.escalate

    solved = forms.MultipleChoiceField(
        label=_("Solved by the software support"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Users left unticked are rejected with the answer below."),
    )
    answer = text_field(_("Answer of the support"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        escalated = [line for line in self.lines if line.support_number]
        self.choose("solved", [(str(line.pk), line.label) for line in escalated])
        if not self.is_bound:
            self.fields["solved"].initial = [str(line.pk) for line in escalated if not line.is_in_vain]


class InformForm(AccessForm):
    """5.3.7.6."""

    function = workflow.inform

    answer_channel = forms.ChoiceField(
        label=_("How was the applicant told?"),
        choices=AnswerChannel.choices,
        initial=AnswerChannel.LETTER,
        widget=forms.RadioSelect,
    )
    answer_note = text_field(_("What the applicant was told"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["answer_note"].initial = queries.answer_lines(self.lines)


class HandOverForm(steps.HandOverForm):
    """The request belongs elsewhere."""

    function = workflow.hand_over


class WithdrawForm(AccessForm):
    """No longer needed."""

    function = workflow.withdraw

    reason = text_field(_("Why it is no longer needed"), rows=2)


class CampaignForm(forms.Form):
    """A new review."""

    title = forms.CharField(label=_("Title"), max_length=150)
    applications = forms.ModelMultipleChoiceField(
        Application.objects.active().in_order(),
        label=_("Web applications"),
        widget=forms.CheckboxSelectMultiple,
    )
    deadline = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reviewer = person_field(
        label=_("Reviewer where an institution has no unit head"),
        help_text=_("Every institution is reviewed by its own requesting unit head."),
    )


FORMS: dict[str, type[StepForm]] = {
    "evaluate": EvaluateForm,
    "reject": RejectForm,
    "perform": PerformForm,
    "escalate": EscalateForm,
    "inform": InformForm,
    "enter": EnterForm,
    "hand_over": HandOverForm,
    "withdraw": WithdrawForm,
}
