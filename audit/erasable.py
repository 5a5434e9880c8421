"""What the program may remove rows from, and why; everything else it only adds to and changes.

A record that may vanish takes its history with it. So the right to delete is given table by table, and a table that is not
named here keeps its rows whatever the program is made to do. What hangs on a row by a foreign key goes with it, and is named.
"""

from __future__ import annotations

ERASABLE = {
    "django_session": "a session ends",
    "axes_accessattempt": "a log-in forgives the failures before it; a lock is opened",
    "axes_accessattemptexpiration": "goes with the attempt it belongs to",
    "otp_totp_totpdevice": "a second factor is given up or set up anew",
    "otp_static_staticdevice": "recovery codes are made anew",
    "otp_static_statictoken": "a recovery code counts once",
    "accounts_passkey": "its owner gives a passkey up",
    "accounts_passwordhistory": "of old passwords only the last ten are kept",
    "processes_dayoff": "an estimated holiday fell on another day",
    "processes_stepdefinition": "a step is taken out of a draft edition",
    "processes_caselink": "a link between cases is taken back",
    "processes_savedview": "its owner removes a saved view",
    "processes_feedkey": "its owner gives the address of a calendar up",
    "processes_sentform": "marks of forms already sent end after a while",
    "processes_importline": "the preview of a table is made anew; with the decision the rows about people go",
    "ebys_idempotencykey": "keys of repeated requests end after a while",
    "ebys_outgoingannex": "an annex is taken off a draft",
    "incidents_evidenceannex": "goes with the annex of the draft it belongs to",
    "ebys_recipient": "the recipients of a draft are written anew",
    "ebys_lettertemplate_action_recipients": "a template names other recipients",
    "ebys_lettertemplate_information_recipients": "a template names other recipients",
    "esignature_expirynotice": "the last day of a certificate was corrected, reminders given for the wrong one do not count",
    "webapps_requestline": "a person is taken out of a request before it is decided",
    "webapps_conditioncheck": "goes with the line of the request it belongs to",
    "security_docs_audience": "a group need no longer read a document",
}
