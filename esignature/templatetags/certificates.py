"""How a certificate stands, in words and colour, as lists and pages print it."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from esignature.models import WINDOWS, Certificate
from esignature.models import CertificateState as S
from processes.templatetags.portal import icon

register = template.Library()

# Tone and drawing of a state that is not “active”; any other is neutral and has none.
LOOKS = {S.EXPIRED: ("late", "alert"), S.RETURNED: ("late", "alert"), S.SUSPENDED: ("soon", "alert")}


@register.simple_tag
def standing(certificate: Certificate) -> SafeString:
    """The badge of a certificate as it counts today; an active one warns in its last months. Written once per row of a list."""
    tone, drawing = _look(certificate)
    return format_html(
        '<span class="badge{}">{}{}</span>',
        f" badge--{tone}" if tone else "",
        icon(drawing) if drawing else "",
        certificate.standing_label,
    )


def _look(certificate: Certificate) -> tuple[str, str]:
    now = S(certificate.standing)
    left = certificate.days_left()
    if now != S.ACTIVE or left is None:
        return LOOKS.get(now, ("calm", "check") if now == S.ACTIVE else ("", ""))
    if left > WINDOWS[0]:
        return "calm", "check"
    return ("late" if left <= WINDOWS[-1] else "soon"), "clock"
