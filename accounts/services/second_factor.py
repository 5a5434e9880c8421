"""The second factor: an authenticator app with six-digit codes, and recovery codes for the day the phone is lost."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import clock
from accounts.authority import administers, works_in_unit
from accounts.models import Passkey, User
from audit import trail
from audit.context import because

APP = "app"
RECOVERY = "recovery"
RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that could be misread on paper


def has_app(user: User) -> bool:
    """Whether the person's authenticator app is set up."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def recovery_codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


@transaction.atomic
def matching(user: User, typed: str) -> Device | None:
    """The device the code belongs to, which then does not take it again; None when it is wrong or comes too fast."""
    code = "".join(typed.split()).replace("-", "").lower()
    if code.isascii() and code.isdigit() and len(code) == 6:
        devices = TOTPDevice.objects.devices_for_user(user, confirmed=True).select_for_update()
        return next((device for device in devices if fits(device, code)), None)
    stored = StaticDevice.objects.devices_for_user(user, confirmed=True).select_for_update()
    for device in stored:
        if device.verify_token(_digest(code)):
            with because(reason=_("A recovery code was used to log in.")):
                trail.record(user, "recovery_code_used", {"left": recovery_codes_left(user)})
            return device
    return None


def fits(device: TOTPDevice, code: str) -> bool:
    """The app shows this code now, by the house's clock; asked under the device's lock."""
    own, device.t0 = device.t0, device.t0 - round(clock.off())  # the library asks this machine's clock
    verified: bool = device.verify_token(code)
    if device.t0 != own:
        device.t0 = own
        device.save(update_fields=["t0"])
    return verified


def begin(user: User) -> TOTPDevice:
    """The app waiting to be confirmed; its secret stays the same until it is, so a reload shows the same picture."""
    waiting = TOTPDevice.objects.devices_for_user(user, confirmed=False).order_by("pk").first()
    return waiting or TOTPDevice.objects.create(user=user, name=APP, confirmed=False)


def secret_of(device: TOTPDevice) -> str:
    """The secret for typing into an app by hand, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def confirm(user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """The app shows the right code: it replaces any earlier one, and fresh recovery codes are given out."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().get(pk=begin(user).pk)
        digits = "".join(code.split())
        if not (digits.isascii() and digits.isdigit() and fits(device, digits)):
            wrong = ValidationError(
                _(
                    "The code does not fit. Check that the clock of your phone is right and type the newest code."
                ),
                code="wrong",
            )
        else:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
            trail.record(user, "second_factor_set_up")
            return device, new_recovery_codes(user)
    raise wrong


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten fresh codes, shown this once; only their digests are kept and the earlier ones are worth nothing."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=RECOVERY)
    codes = ["".join(secrets.choice(_ALPHABET) for _place in range(12)) for _code in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    trail.record(user, "recovery_codes_made")
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def remove(user: User) -> None:
    """A person gives up the second factor; those who do the unit's work cannot."""
    if works_in_unit(user):
        raise PermissionDenied(_("Those who do the unit's work log in with a second factor."))
    _forget(user, _("The person gave up the second factor."))


def reset(user: User, *, by: User, reason: str) -> None:
    """The unit head clears a lost second factor; the person sets up a new one at the next log-in."""
    if not administers(by):
        raise PermissionDenied(_("Only the unit head resets somebody's second factor."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the second factor is reset.")}, code="required")
    _forget(user, reason.strip())


def _forget(user: User, reason: str) -> None:
    with transaction.atomic(), because(reason=reason):
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        Passkey.objects.filter(user=user).delete()
        trail.record(user, "second_factor_removed")


def _digest(code: str) -> str:
    """Sixteen letters, as the column holds: 80 bits of a keyed hash."""
    mac = hmac.new(settings.LOOKUP_KEY, f"recovery:{code}".encode(errors="replace"), hashlib.sha256)
    return b32encode(mac.digest()[:10]).decode().lower()
