"""Who may open the pages of letters: the unit's staff; the API lets in programs that bring a key.

What is seen on the pages starts at `visible_to`.
"""

from __future__ import annotations

from accounts.access import API, UNIT, Rule

ACCESS: dict[str, Rule] = dict.fromkeys(
    (
        "letters-incoming",
        "letter-upload",
        "letter-register",
        "letter-incoming",
        "letter-route",
        "letter-attach",
        "letter-file",
        "letter-unroute",
        "letter-unfile",
        "letter-package",
        "letter-incoming-file",
        "letters-quarantine",
        "letter-quarantine-file",
        "letter-quarantine-again",
        "letter-quarantine-settle",
        "letters-outgoing",
        "letter-draft",
        "letter-outgoing",
        "letter-edit",
        "letter-preview",
        "letter-annex-add",
        "letter-annex",
        "letter-annex-remove",
        "letter-approve",
        "letter-discard",
        "letter-take-back",
        "letter-hand-over",
        "letter-number",
        "letter-reject",
        "letter-revise",
        "letter-pdf",
        "letter-eyp",
        "letter-fields",
    ),
    UNIT,
)
# Every address of the API asks for a key; what the key may be used for stands beside each view.
ACCESS["api:*"] = API
ACCESS["api:*"] = API
