"""What the trail calls the acts of 5.3.1 that are no official steps, and its events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit import events


def name() -> None:
    """Tell the trail; called once when the room moves in."""
    events.name_acts(
        announcement_draft=_("Announcement written"),
        clause_judge=_("Clause evaluated"),
        clauses_add=_("Clauses entered"),
        document_change=_("Register changed"),
        document_end=_("Document no longer kept"),
        document_enter=_("Document entered"),
        document_review=_("Document reviewed"),
        documents_remind=_("Told of what is due"),
        evaluate_again=_("Evaluated again"),
        gap_close=_("Gap closed"),
        notified=_("Notified document registered"),
        paper_enter=_("Signed list entered"),
        paper_print=_("List to be signed printed"),
        proof_ask=_("Proof of reading asked for"),
        proof_make=_("Proof of reading made"),
        publish=_("Put on the web page"),
        reading_page=_("Page turned"),
        reading_sign=_("Signed as read"),
        readers_add=_("Readers added"),
        readers_remove=_("Readers removed"),
        readings_keep_up=_("Readers brought up to date"),
        readings_remind=_("Readers reminded"),
        rewrite=_("Announcement changed"),
        take_down=_("Announcement taken down"),
        training_enter=_("Training entered"),
        version_agree=_("Version approved"),
        version_begin=_("Version begun"),
        version_discard=_("Version discarded"),
        version_edit=_("Draft changed"),
        version_publish=_("Put in force"),
        version_retire=_("Version retired"),
        version_send_back=_("Version sent back"),
        version_submit=_("Submitted for approval"),
    )
    events.name_events(readers_asked=_("Readers asked"), signed_on_paper=_("Signed on paper"))
