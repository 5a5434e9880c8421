"""How the trail calls what happens in this room beside the official steps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit import events


def name_what_happens() -> None:
    """Tell the trail once, when the room moves in."""
    events.name_events(
        put_into_batch=_("Put on the list of a batch letter"),
        taken_out_of_batch=_("Taken off the list of a batch letter"),
        printed=_("Printed"),
    )
    events.name_acts(
        collect_batch=_("Forms collected into a letter"),
        take_form_out=_("Form taken off the list"),
        move_batch_letter=_("Letter hung on another form of its list"),
        register_batch=_("Letter of the batch registered"),
        print_batch=_("Batch printed"),
        post_batch=_("Batch posted"),
        dissolve_batch=_("Batch letter dissolved"),
        produce_certificate=_("Certificate recorded as produced"),
        enter_certificate=_("Certificate entered into the register"),
        deliver_certificate=_("Certificate delivered"),
        return_certificate=_("Certificate came back undelivered"),
        activate_certificate=_("Certificate activated"),
        suspend_certificate=_("Certificate suspended"),
        resume_certificate=_("Certificate valid again"),
        revoke_certificate=_("Certificate revoked"),
        expire_certificate=_("Certificate expired"),
        replace_certificate=_("Certificate replaced"),
        correct_certificate=_("Certificate corrected"),
        link_certificate=_("Certificate tied to its request"),
    )
