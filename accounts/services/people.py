"""Changes to a person's account: by the person or by the unit head, each told in the trail."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts import declaration, sessions
from accounts.authority import administers, forget
from accounts.models import ClientCertificate, Institution, PasswordHistory, Unit, User
from accounts.models.people import Language
from accounts.validators import REMEMBERED
from audit import trail
from audit.context import because, signed_in

closed = Signal()  # an account was closed (`user`, `by`): floors above end what they keep for the person


def choose_language(user: User, language: str) -> None:
    """The screens speak this language to the person from now on."""
    if language in Language.values and language != user.language:
        user.language = language
        with transaction.atomic(), because(reason=_("The person chose the language.")):
            user.save(update_fields=["language"])


def change_details(user: User, *, phone: str, language: str) -> None:
    """What a person may change of their own row; name, title and place are the unit head's."""
    user.phone, user.language = phone, language
    with transaction.atomic(), because(reason=_("The person changed their own details.")):
        user.save(update_fields=["phone", "language"])


def set_password(user: User, password: str, *, reason: str) -> None:
    """A new password of the person's own choice; other sessions of theirs end with it."""
    validate_password(password, user)
    with transaction.atomic(), signed_in(user), because(reason=reason):
        if user.has_usable_password():
            PasswordHistory.objects.create(user=user, password=user.password)
            kept = PasswordHistory.objects.filter(user=user).order_by("-pk").values("pk")[:REMEMBERED]
            PasswordHistory.objects.filter(user=user).exclude(pk__in=kept).delete()
        user.set_password(password)
        user.password_set_at, user.must_change_password = timezone.now(), False
        user.save(update_fields=["password", "password_set_at", "must_change_password"])


def demand_new_password(user: User, *, by: User, reason: str) -> None:
    """The password was guessed, seen or told to somebody (Ek-5 5.4.3): at the next page only a new one helps."""
    _administers(by, reason)
    user.must_change_password = True
    with transaction.atomic(), because(reason=reason.strip()):
        user.save(update_fields=["must_change_password"])


def end_session(user: User, *, by: User, reason: str) -> None:
    """Somebody may be sitting at it who should not: it is over at once, and the account stays open."""
    _administers(by, reason)
    with transaction.atomic(), because(reason=reason.strip()):
        sessions.end(user)
        trail.record(user, "session_ended", {"why": sessions.Over.ENDED.value})


def password_link(user: User, *, by: User, reason: str) -> str:
    """A path that lets the person choose a password once, for the unit head to hand over in person."""
    _administers(by, reason)
    if not user.is_active:
        raise ValidationError(_("This account is closed."), code="closed")
    with because(reason=reason):
        trail.record(user, "password_link_made")
    return link_path(user)


def link_path(user: User) -> str:
    """The one-time path itself; it dies with the first use, a log-in, or after `LINK_MINUTES`."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse(
        "password-choose", kwargs={"uidb64": key, "token": default_token_generator.make_token(user)}
    )


def close(user: User, *, by: User, reason: str) -> None:
    """The person left: no log-in any more, and every right ends with it."""
    _administers(by, reason)
    if user == by:
        raise ValidationError(_("Nobody closes their own account."), code="oneself")
    _set_active(user, False, by, reason)


def close_leaver(user: User, *, by: User) -> None:
    """The person left the staff (Ek-5 5.6.5): the account closes with it, whoever of the unit recorded it."""
    if user == by:
        raise ValidationError(_("Nobody closes their own account."), code="oneself")
    _set_active(user, False, by, "")


def follow_move(user: User, *, by: User, institution: Institution, unit: Unit | None) -> None:
    """The person works elsewhere (Ek-5 5.6.5): the account follows, and what was given at the old institution ends."""
    with transaction.atomic():
        User.objects.select_for_update().only("pk").get(pk=user.pk)
        if user.institution_id != institution.pk:
            if user == by:
                raise ValidationError(_("Nobody moves themselves to another institution."), code="oneself")
            _end_rights(user, by)
            sessions.end_all(user)
            declaration.demand(user)
        user.institution, user.unit = institution, unit
        user.save(update_fields=["institution", "unit"])
    forget(user)


def reopen(user: User, *, by: User, reason: str) -> None:
    """The person came back. Rights do not come back: they are granted anew."""
    _administers(by, reason)
    _set_active(user, True, by, reason)


def _set_active(user: User, is_active: bool, by: User, reason: str) -> None:
    """Closing also ends rights, cards, links, password and session, so that reopening gives nothing away."""
    with transaction.atomic(), because(reason=reason.strip()):
        User.objects.select_for_update().only("pk").get(pk=user.pk)
        if not is_active:
            _end_rights(user, by)
            now = timezone.now()
            for card in ClientCertificate.objects.filter(user=user, revoked_at__isnull=True):
                card.revoked_at, card.revoked_by = now, by
                card.save(update_fields=["revoked_at", "revoked_by"])
            user.set_unusable_password()
            sessions.end_all(user)
        user.is_active = is_active
        user.save(update_fields=["is_active", "password"])
        if not is_active:
            closed.send(User, user=user, by=by)


def _end_rights(user: User, by: User) -> None:
    """Every role held and lent, and every role borrowed, from this moment on."""
    now, day = timezone.now(), timezone.localdate()
    for right in (
        *user.grants.filter(revoked_at__isnull=True).exclude(valid_until__lt=day),
        *user.delegations_given.open_on(day),
        *user.delegations_received.open_on(day),
    ):
        right.revoked_at, right.revoked_by = now, by
        right.save(update_fields=["revoked_at", "revoked_by"])


def _administers(by: User, reason: str) -> None:
    if not administers(by):
        raise PermissionDenied(_("Only the unit head changes somebody's account."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")}, code="required")
