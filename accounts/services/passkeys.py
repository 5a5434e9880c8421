"""Passkeys: registered beside the app, asked for after the password. The library checks, nothing is counted by hand."""

from __future__ import annotations

from ipaddress import ip_address

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import Passkey, User
from accounts.services import second_factor
from audit import trail

CHALLENGE = "passkey_challenge"
MOST = 10


def is_possible(request: HttpRequest) -> bool:
    """Browsers bind a passkey to a name; under a bare address there is none."""
    try:
        ip_address(site_of(request).strip("[]"))
    except ValueError:
        return True
    return False


def site_of(request: HttpRequest) -> str:
    """The name of the portal; hosts are checked against the allowed ones before."""
    return request.get_host().rpartition(":")[0] or request.get_host()


def keys_of(user: User) -> list[Passkey]:
    """The person's passkeys, the oldest first."""
    return list(Passkey.objects.devices_for_user(user, confirmed=True).order_by("pk"))


def registration(request: HttpRequest, user: User) -> str:
    """What the browser is asked to make, as JSON."""
    options = generate_registration_options(
        rp_id=site_of(request),
        rp_name="SBS",
        user_id=f"sbs-{user.pk}".encode(),
        user_name=user.username,
        user_display_name=user.full_name,
        exclude_credentials=_descriptors(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def register(request: HttpRequest, user: User, answer: str, name: str) -> Passkey:
    """Keep the public half, once the browser proved that it has the other."""
    if not second_factor.has_app(user):
        raise PermissionDenied(_("Set up the authenticator app first."))
    if len(keys_of(user)) >= MOST:
        raise ValidationError(_("You have enough passkeys; remove one first."), code="enough")
    try:
        proved = verify_registration_response(
            credential=answer,
            expected_challenge=_challenge(request),
            expected_rp_id=site_of(request),
            expected_origin=_origin(request),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _wrong() from error
    if Passkey.objects.filter(credential_id=proved.credential_id).exists():
        raise ValidationError(_("This passkey is already registered."), code="twice")
    with transaction.atomic():
        key: Passkey = Passkey.objects.create(
            user=user,
            name=name,
            credential_id=proved.credential_id,
            public_key=proved.credential_public_key,
            sign_count=proved.sign_count,
        )
        trail.record(user, "passkey_added", {"name": name})
    return key


def question(request: HttpRequest, user: User) -> str:
    """What the browser is asked to sign, as JSON; empty when the person has no passkey."""
    descriptors = _descriptors(user)
    if not descriptors or not is_possible(request):
        return ""
    options = generate_authentication_options(
        rp_id=site_of(request),
        allow_credentials=descriptors,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return options_to_json(options)


@transaction.atomic
def matching(request: HttpRequest, user: User, answer: str) -> Passkey | None:
    """The passkey that signed this very question for this very portal; None when none did. A question counts once."""
    try:
        challenge = _challenge(request)
        credential = parse_authentication_credential_json(answer)
        key: Passkey | None = (
            Passkey.objects.select_for_update().filter(user=user, credential_id=credential.raw_id).first()
        )
        if key is None:
            return None
        proved = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site_of(request),
            expected_origin=_origin(request),
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValidationError, ValueError, KeyError, TypeError):
        return None
    key.sign_count, key.used_at = proved.new_sign_count, timezone.now()
    key.save(update_fields=["sign_count", "used_at"])
    return key


def remove(user: User, pk: int) -> bool:
    """The person gives a passkey up; the app stays. Whether there was one of theirs."""
    with transaction.atomic():
        key = Passkey.objects.filter(user=user, pk=pk).first()
        if key is None:
            return False
        trail.record(user, "passkey_removed", {"name": key.name})
        key.delete()
    return True


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(key.credential_id)) for key in keys_of(user)]


def _challenge(request: HttpRequest) -> bytes:
    """The question asked a moment ago; gone once it was read."""
    text = request.session.pop(CHALLENGE, "")
    if not text:
        raise _wrong()
    return base64url_to_bytes(text)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _wrong() -> ValidationError:
    return ValidationError(_("The passkey did not answer as it should. Try again."), code="wrong")
