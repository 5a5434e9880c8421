"""Who may open the pages of 5.3.3. Holders and the heads of their institutions see their own certificates."""

from __future__ import annotations

from accounts.access import API, SIGNED_IN, UNIT, Rule

ACCESS: dict[str, Rule] = {
    "esignature-certificates": SIGNED_IN,
    "esignature-certificate": SIGNED_IN,
    **dict.fromkeys(
        (
            "esignature-renew",
            "esignature-ask",
            "esignature-ask-open",
            "esignature-ask-undo",
            "esignature-certificate-move",
            "esignature-produced",
            "esignature-batches",
            "esignature-batch-new",
            "esignature-batch",
            "esignature-batch-pdf",
            "esignature-batch-labels",
            "esignature-batch-take-out",
            "esignature-batch-move",
            "esignature-coverage",
            "esignature-uncovered",
            "esignature-reports",
        ),
        UNIT,
    ),
    "esignature-api-certificates": API,
    "esignature-api-certificate": API,
    "esignature-api-requests": API,
}
