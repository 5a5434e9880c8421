"""Log-in against the institution's directory (LDAP, Ek-5 5.4.4.5). Off unless settings name one.

The person is found in our own table first; the directory is asked only whether the password opens the entry of their
registry number. It gives no rights and creates nobody.
"""

from __future__ import annotations

import logging
import ssl
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from ldap3 import Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.dn import escape_rdn

from accounts.backends import named
from accounts.models import User

log = logging.getLogger(__name__)
SECONDS = 5
LONGEST = 1024


class DirectoryBackend(BaseBackend):
    """Tried after the portal's own passwords."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The active person whose entry the password opens. An empty password opens every directory, so it is none."""
        if not settings.LDAP_URL or not username or not password or len(password) > LONGEST:
            return None
        user = named(username)
        if user is None or not user.registry_no or not user.is_active or user.is_technical:
            opens("0", password)  # takes as long as for a known person
            return None
        return user if opens(user.registry_no, password) else None

    def get_user(self, user_id: int) -> User | None:
        """Sessions are read by the first backend; this one begins none."""
        return None


def opens(registry_no: str, password: str) -> bool:
    """Whether the directory lets the entry of this registry number in with the password. Away means no."""
    name = settings.LDAP_USER_DN % {"registry_no": escape_rdn(registry_no)}
    connection = Connection(
        server(settings.LDAP_URL, settings.LDAP_CA),
        user=name,
        password=password,
        client_strategy=settings.LDAP_STRATEGY,
        receive_timeout=SECONDS,
        raise_exceptions=False,
    )
    try:
        if settings.LDAP_URL.startswith("ldap://") and not connection.start_tls():
            return False
        return bool(connection.bind())
    except (LDAPException, OSError) as error:
        log.error("The directory does not answer (%s).", type(error).__name__)
        return False
    finally:
        connection.unbind()


def answers() -> bool:
    """Whether the directory is there with a certificate that is right; asked by whoever watches the installation."""
    connection = Connection(
        server(settings.LDAP_URL, settings.LDAP_CA),
        client_strategy=settings.LDAP_STRATEGY,
        receive_timeout=SECONDS,
        raise_exceptions=False,
    )
    try:
        connection.open(read_server_info=False)
        return not settings.LDAP_URL.startswith("ldap://") or bool(
            connection.start_tls(read_server_info=False)
        )
    except (LDAPException, OSError):
        return False
    finally:
        connection.unbind()


@lru_cache(maxsize=2)
def server(url: str, authority: str) -> Server:
    """The directory, whose certificate must be right."""
    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=authority or None)
    return Server(url, tls=tls, connect_timeout=SECONDS, get_info="NO_INFO")
