"""What can be done with a certificate and with a batch letter: one form and one service each, for pages and programs alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ebys.api.acting import Act, plain
from esignature import batches, correcting, lifecycle
from esignature.forms import CertificateForm, CorrectionForm, DayForm, DayReasonForm, ParcelForm, ReasonForm


class Deed(NamedTuple):
    """What a page asks, what is done with it, and the sentence that says so."""

    form: type[forms.Form]
    do: Callable[..., Any]
    said: str | Promise


CERTIFICATE: dict[str, Deed] = {
    "deliver_certificate": Deed(DayForm, lifecycle.deliver, _("The delivery was recorded.")),
    "return_certificate": Deed(DayReasonForm, lifecycle.give_back, _("The return was recorded.")),
    "activate_certificate": Deed(CertificateForm, lifecycle.activate, _("The certificate is active.")),
    "suspend_certificate": Deed(ReasonForm, lifecycle.suspend, _("The hold was recorded.")),
    "resume_certificate": Deed(ReasonForm, lifecycle.resume, _("The certificate is valid again.")),
    "revoke_certificate": Deed(DayReasonForm, lifecycle.revoke, _("The revocation was recorded.")),
    "correct_certificate": Deed(CorrectionForm, correcting.correct, _("The certificate was corrected.")),
    "expire_certificate": Deed(forms.Form, lifecycle.expire, _("The expiry was recorded.")),
}
BATCH: dict[str, Deed] = {
    "register_batch": Deed(forms.Form, batches.register, _("The step was taken for every form.")),
    "print_batch": Deed(forms.Form, batches.printed, _("The batch is printed.")),
    "post_batch": Deed(ParcelForm, batches.post, _("The batch was posted with all its forms.")),
    "dissolve_batch": Deed(ReasonForm, batches.dissolve, _("The batch was dissolved; its forms wait again.")),
}


def _for_programs(deeds: Mapping[str, Deed], moves: Mapping[str, Any]) -> dict[str, Act]:
    def act(key: str, deed: Deed) -> Act:
        def take(record: Any, by: User, form: forms.Form, version: int | None) -> Any:
            return deed.do(record, by=by, version=version, **form.cleaned_data)

        return Act(moves[key].label, plain(deed.form), take)

    return {key: act(key, deed) for key, deed in deeds.items()}


CERTIFICATE_ACTS = _for_programs(CERTIFICATE, lifecycle.CERTIFICATES.moves)
BATCH_ACTS = _for_programs(BATCH, batches.BATCHES.moves)
