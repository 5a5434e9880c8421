"""Addresses of official correspondence."""

from django.urls import path

from ebys.views import files, incoming, outgoing

urlpatterns = [
    path("letters/incoming/", incoming.letters_incoming, name="letters-incoming"),
    path("letters/incoming/upload/", incoming.letter_upload, name="letter-upload"),
    path("letters/incoming/new/", incoming.letter_register, name="letter-register"),
    path("letters/incoming/<int:pk>/", incoming.letter_incoming, name="letter-incoming"),
    path("letters/incoming/<int:pk>/route/", incoming.letter_route, name="letter-route"),
    path("letters/incoming/<int:pk>/attach/", incoming.letter_attach, name="letter-attach"),
    path("letters/incoming/<int:pk>/file/", incoming.letter_file, name="letter-file"),
    path("letters/incoming/<int:pk>/unroute/", incoming.letter_unroute, name="letter-unroute"),
    path("letters/incoming/<int:pk>/unfile/", incoming.letter_unfile, name="letter-unfile"),
    path("letters/incoming/<int:pk>/package/", files.incoming_package, name="letter-package"),
    path("letters/incoming/<int:pk>/files/<int:file_pk>/", files.incoming_file, name="letter-incoming-file"),
    path("letters/quarantine/", incoming.letters_quarantine, name="letters-quarantine"),
    path("letters/quarantine/<int:pk>/file/", files.quarantine_file, name="letter-quarantine-file"),
    path("letters/quarantine/<int:pk>/again/", incoming.quarantine_again, name="letter-quarantine-again"),
    path("letters/quarantine/<int:pk>/settle/", incoming.quarantine_settle, name="letter-quarantine-settle"),
    path("letters/outgoing/", outgoing.letters_outgoing, name="letters-outgoing"),
    path("letters/outgoing/new/", outgoing.letter_draft, name="letter-draft"),
    path("letters/outgoing/<int:pk>/", outgoing.letter_outgoing, name="letter-outgoing"),
    path("letters/outgoing/<int:pk>/edit/", outgoing.letter_edit, name="letter-edit"),
    path("letters/outgoing/<int:pk>/preview/", outgoing.letter_preview, name="letter-preview"),
    path("letters/outgoing/<int:pk>/annexes/", outgoing.annex_add, name="letter-annex-add"),
    path("letters/outgoing/<int:pk>/annexes/<int:annex_pk>/", files.annex_file, name="letter-annex"),
    path(
        "letters/outgoing/<int:pk>/annexes/<int:annex_pk>/remove/",
        outgoing.annex_remove,
        name="letter-annex-remove",
    ),
    path("letters/outgoing/<int:pk>/approve/", outgoing.letter_approve, name="letter-approve"),
    path("letters/outgoing/<int:pk>/discard/", outgoing.letter_discard, name="letter-discard"),
    path("letters/outgoing/<int:pk>/take-back/", outgoing.letter_take_back, name="letter-take-back"),
    path("letters/outgoing/<int:pk>/hand-over/", outgoing.letter_hand_over, name="letter-hand-over"),
    path("letters/outgoing/<int:pk>/number/", outgoing.letter_number, name="letter-number"),
    path("letters/outgoing/<int:pk>/reject/", outgoing.letter_reject, name="letter-reject"),
    path("letters/outgoing/<int:pk>/revise/", outgoing.letter_revise, name="letter-revise"),
    path("letters/outgoing/<int:pk>/pdf/", files.letter_pdf, name="letter-pdf"),
    path("letters/outgoing/<int:pk>/eyp/", files.letter_eyp, name="letter-eyp"),
    path("letters/outgoing/<int:pk>/fields/", outgoing.letter_fields, name="letter-fields"),
]
