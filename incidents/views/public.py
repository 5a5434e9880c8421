"""What the public and those who reported see: the form, the code shown once, the status by code, one's own reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from audit.addresses import client_address
from incidents import reporting
from incidents.forms import moment_field, ongoing_field
from incidents.models import SharedAddress
from processes import limits
from processes.errors import DomainError
from processes.fields import text_field
from processes.filetypes import ACCEPTED_EXTENSIONS
from processes.requests import person

HOUR, MOMENT = 3600, 600
LOOK_UPS = 4  # so many questions for the status within ten minutes to one report an hour


def reports_from(request: HttpRequest) -> int:
    """How many reports an hour are taken from the visitor's address: the office's number, or that of a shared address."""
    own = SharedAddress.objects.in_use().reports_from(client_address(request) or "")
    return settings.INCIDENTS_REPORTS_PER_HOUR if own is None else own


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A few files; what they are is told from their content when they are taken in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=FilesInput(attrs={"accept": ",".join(ACCEPTED_EXTENSIONS)}), required=False, **kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file by itself, and not too many."""
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        if len(chosen) > reporting.MOST_FILES:
            raise forms.ValidationError(
                _("Send at most %(count)d files.") % {"count": reporting.MOST_FILES}, code="many"
            )
        return [super(FilesField, self).clean(one, initial) for one in chosen]


class PublicForm(forms.Form):
    """A report by anybody. The field `website` is not shown: only programs fill it in."""

    title = forms.CharField(
        label=gettext_lazy("What happened, in one line?"), max_length=200, widget=forms.TextInput()
    )
    description = text_field(
        gettext_lazy("What did you see?"),
        rows=6,
        help_text=gettext_lazy(
            "Write no health data and no passwords. What, where, when, since when is enough."
        ),
    )
    system = forms.CharField(
        label=gettext_lazy("Where? (institution, unit, system)"), max_length=200, required=False
    )
    occurred_at = moment_field(gettext_lazy("When, as far as you know?"), required=False)
    is_ongoing = ongoing_field()
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("Left empty, you report without a name; that is all right."),
    )
    contact = forms.CharField(
        label=gettext_lazy("How to reach you"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Telephone or e-mail, only if you want to be asked."),
    )
    uploads = FilesField(label=gettext_lazy("Files"))
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_occurred_at(self) -> Any:
        """Nothing is reported that has not happened."""
        found = self.cleaned_data["occurred_at"]
        if found is not None and found > timezone.now():
            raise forms.ValidationError(_("This moment has not come yet."))
        return found


class CodeForm(forms.Form):
    """The code that was shown after reporting."""

    code = forms.CharField(
        label=gettext_lazy("Tracking code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "short"}),
    )


@never_cache
@csrf_protect
def report(request: HttpRequest) -> HttpResponse:
    """The public form. After a report the page shows the code, this once."""
    if request.method != "POST":
        return render(request, "incidents/public_form.html", {"form": PublicForm()})
    form = PublicForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "incidents/public_form.html", {"form": form}, status=422)
    try:
        limits.insist_on_address(request, "breach-report", reports_from(request), HOUR)
    except limits.TooOften as refusal:  # what was written stays in the form, and the telephone is always open
        minutes = -(-refusal.wait // 60)
        text = ngettext(
            "Many reports came from your network within an hour. Send it again in %(minutes)d minute, or call the "
            "directorate. What you wrote is still here; choose files again.",
            "Many reports came from your network within an hour. Send it again in %(minutes)d minutes, or call the "
            "directorate. What you wrote is still here; choose files again.",
            minutes,
        )
        form.add_error(None, text % {"minutes": minutes})
        answer = render(request, "incidents/public_form.html", {"form": form}, status=refusal.status)
        answer["Retry-After"] = str(refusal.wait)
        return answer
    data = dict(form.cleaned_data)
    if data.pop("website"):  # a program filled in what no person sees: it is thanked, and nothing is kept
        return render(request, "incidents/public_thanks.html", {"code": reporting.fresh_code()})
    try:
        _breach, code = reporting.receive(**data)
    except DomainError as refusal:
        for name, sentences in refusal.fields.items():
            for sentence in sentences if name in form.fields else ():
                form.add_error(name, str(sentence))
        if not form.errors:
            form.add_error("uploads" if data["uploads"] else None, str(refusal))
        return render(request, "incidents/public_form.html", {"form": form}, status=refusal.status)
    return render(request, "incidents/public_thanks.html", {"code": code})


@never_cache
@csrf_protect
def status(request: HttpRequest) -> HttpResponse:
    """Where a report stands: asked by its code, which travels in the form and never in the address."""
    context: dict[str, Any] = {"form": CodeForm()}
    if request.method == "POST":
        limits.insist_on_address(request, "breach-status", LOOK_UPS * reports_from(request), MOMENT)
        form = CodeForm(request.POST)
        context["form"] = form
        if form.is_valid():
            found = reporting.found_by(form.cleaned_data["code"])
            if found is None:
                form.add_error("code", _("No report has this code. Look for a slip of the pen."))
            else:
                context["status"] = reporting.status_of(found)
                context["steps"] = reporting.Status
    code = 422 if context["form"].is_bound and context["form"].errors else 200
    return render(request, "incidents/public_status.html", context, status=code)


def mine(request: HttpRequest) -> HttpResponse:
    """What a signed-in person reported, with one word each."""
    rows = [
        {"reported_at": breach.reported_at, "status": reporting.status_of(breach)}
        for breach in reporting.reported_by(person(request))[:100]
    ]
    return render(request, "incidents/mine.html", {"rows": rows})
