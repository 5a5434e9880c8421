"""What each step of 5.3.6 asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from helpdesk import queries, workflow
from helpdesk.models import AnswerChannel, Asset, Category, Priority, SupplyState, Ticket
from processes import forms as steps
from processes.asking import AskingForm
from processes.fields import text_field
from processes.forms import StepForm


def priority_field(**kwargs: Any) -> forms.TypedChoiceField:
    """How urgent a request is."""
    return forms.TypedChoiceField(label=_("Priority"), coerce=int, empty_value=None, **kwargs)


def category_field() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """What the trouble is about."""
    field = forms.ModelChoiceField(
        Category.objects.filter(is_active=True), label=_("Category"), required=False
    )
    field.choices = lambda: [("", _("Not chosen")), *queries.category_choices()]
    return field


class ReportForm(AskingForm):
    """5.3.6.1: a request by telephone, letter or the portal; short enough to fill in while the caller speaks."""

    function = workflow.report
    FOR_STAFF = (*AskingForm.FOR_STAFF, "priority")
    field_order = (
        "title",
        "applicant",
        "applicant_name",
        "applicant_contact",
        "applicant_institution",
        "description",
        "category",
        "asset",
        "priority",
        "channel",
    )

    category = category_field()
    asset = forms.CharField(label=_("Inventory tag"), max_length=40, required=False)
    priority = priority_field(choices=Priority.choices, initial=Priority.NORMAL, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("What is the trouble?")

    def clean_asset(self) -> Asset | None:
        """Equipment by its inventory tag; a tag nobody knows is told, not dropped."""
        return found_asset(self.cleaned_data["asset"])

    def clean_priority(self) -> int:
        """Normal unless said otherwise."""
        return self.cleaned_data["priority"] or Priority.NORMAL


class TicketForm(StepForm):
    """A step of a request; the unit's ready texts are offered beside its main box."""

    case: Ticket

    def ready_texts(self) -> list[tuple[str, str]]:
        """The ready texts of this step, filled in with the request's own facts."""
        return queries.ready_texts(type(self).function.__name__, self.case)


class AssessForm(TicketForm):
    """5.3.6.2."""

    function = workflow.assess
    ready_field = "finding"

    finding = text_field(_("Assessment"))
    priority = priority_field(choices=Priority.choices, required=False)
    category = category_field()
    asset = forms.CharField(label=_("Inventory tag"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticket = self.case
        for name, value in (
            ("priority", ticket.priority),
            ("category", ticket.category_id),
            ("asset", ticket.asset.tag if ticket.asset else ""),
        ):
            self.fields[name].initial = value

    def clean_asset(self) -> Asset | None:
        """Equipment by its inventory tag."""
        return found_asset(self.cleaned_data["asset"])


class PlanForm(TicketForm):
    """5.3.6.3."""

    function = workflow.plan
    ready_field = "way"

    way = text_field(_("Chosen way to solve it"))


class SupplyForm(TicketForm):
    """5.3.6.4."""

    function = workflow.supply

    nothing_needed = forms.BooleanField(label=_("Nothing had to be procured"), required=False)
    note = text_field(_("What was procured, and from where"), rows=2, required=False)


class AssignForm(TicketForm):
    """5.3.6.5: who is free is written beside each name; the least busy one is proposed."""

    function = workflow.assign

    assignee = forms.TypedChoiceField(label=_("Directed to"))
    note = text_field(_("Instruction"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks = queries.workload(self.by)
        people = {desk.person.pk: desk.person for desk in desks}
        field = self.fields["assignee"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(desk.person.pk, desk_label(desk)) for desk in desks]
        field.coerce = lambda value: people[int(value)]
        if desks:
            field.initial = desks[0].person.pk


class SolveForm(TicketForm):
    """5.3.6.5."""

    function = workflow.solve
    ready_field = "solution"

    solution = text_field(_("How it was solved"))


class InformForm(TicketForm):
    """5.3.6.6."""

    function = workflow.inform
    ready_field = "answer_note"

    answer_channel = forms.ChoiceField(
        label=_("How was the applicant told?"),
        choices=AnswerChannel.choices,
        initial=AnswerChannel.TELEPHONE,
        widget=forms.RadioSelect,
    )
    answer_note = text_field(_("What the applicant was told"))


class ReopenForm(TicketForm):
    """The trouble came back."""

    function = workflow.reopen

    reason = text_field(_("What happened again?"))


class RateForm(TicketForm):
    """The applicant's word on the service."""

    function = workflow.rate

    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        coerce=int,
        choices=[(5, _("5 – very satisfied")), (4, "4"), (3, "3"), (2, "2"), (1, _("1 – not at all"))],
        widget=forms.RadioSelect,
    )
    satisfaction_note = text_field(_("Remark"), rows=2, required=False)


class MergeForm(steps.MergeForm):
    """Two reports of one trouble."""

    function = workflow.merge
    alike = queries.like


class HandOverForm(steps.HandOverForm):
    """The request belongs elsewhere."""

    function = workflow.hand_over


class WithdrawForm(TicketForm):
    """No longer needed."""

    function = workflow.withdraw

    reason = text_field(_("Why it is no longer needed"), rows=2)


FORMS: dict[str, type[StepForm]] = {
    "assess": AssessForm,
    "plan": PlanForm,
    "supply": SupplyForm,
    "assign": AssignForm,
    "solve": SolveForm,
    "inform": InformForm,
    "reopen": ReopenForm,
    "rate": RateForm,
    "merge": MergeForm,
    "hand_over": HandOverForm,
    "withdraw": WithdrawForm,
}


class SupplyItemForm(forms.Form):
    """One line of the supply list."""

    name = forms.CharField(label=_("What is needed"), max_length=150)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=100_000, initial=1)
    source = forms.CharField(label=_("From where"), max_length=150, required=False)


class SupplyStateForm(forms.Form):
    """Where a needed thing stands now."""

    state = forms.ChoiceField(choices=SupplyState.choices)


def found_asset(tag: str) -> Asset | None:
    """The equipment under an inventory tag; empty for no tag."""
    if not tag.strip():
        return None
    found = Asset.objects.filter(tag__iexact=tag.strip(), is_active=True).first()
    if found is None:
        raise forms.ValidationError(_("No equipment in use has this inventory tag."))
    return found


def desk_label(desk: queries.Desk) -> str:
    """A person with the work on their desk: “Ayşe Yılmaz – 3 open, 1 overdue”."""
    person: User = desk.person
    open_count = ngettext("%(count)d open", "%(count)d open", desk.open) % {"count": desk.open}
    if not desk.overdue:
        return f"{person.full_name} – {open_count}"
    overdue = ngettext("%(count)d overdue", "%(count)d overdue", desk.overdue) % {"count": desk.overdue}
    return f"{person.full_name} – {open_count}, {overdue}"
