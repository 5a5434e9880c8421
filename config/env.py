"""What the machine tells the program: read once at start, kept in one frozen value.

Every name may also be given as `NAME_FILE`, a path whose content is the value (secrets mounted as files). Both at once is
refused, because nobody could tell which of them counts.

    SBS_MODE               demo (default) | test | production
    SBS_VAR                folder of the private services, files and stamps; default `var/` in the checkout
    DATABASE_URL           postgresql://user:password@host:5432/name (or ?host=/socket/folder); default the private cluster.
                           Production wants TLS: ?sslmode=verify-full (or verify-ca, require), or a socket of this machine
    DATABASE_OWNER_URL     the same database entered by whoever may lay out tables: `make run`, `make backup` and `make restore`
                           use it; default the owner of the private cluster, else DATABASE_URL
    DATABASE_SEALER_URL    the same database entered by the sealer: `make run` starts a sealer with it; default as above
    REDIS_URL              rediss://:password@host:6379/0?ssl_cert_reqs=required&ssl_ca_certs=/file or unix:///path.sock?db=0;
                           default the private Redis. Production wants TLS, a socket, or redis:// on this machine
    SBS_SECRET_KEY         signs sessions and forms                       \\
    SBS_FIELD_KEY          32 bytes in base64: encrypts TC Kimlik columns  | required in production,
    SBS_LOOKUP_KEY         32 bytes in base64: keyed hash for look-ups     | and not the demo values
    SBS_SEAL_KEY           32 bytes in base64: Ed25519 seed of the trail  /  (the sealer alone; the others:)
    SBS_SEAL_PUBLIC_KEY    32 bytes in base64: its public half, enough to show and verify; with it SBS_SEAL_KEY may be missing
    SBS_OLD_SECRET_KEYS    earlier secret keys, comma separated, still accepted
    SBS_OLD_FIELD_KEYS     earlier field keys, comma separated, still able to read
    SBS_ALLOWED_HOSTS      comma separated host names; required in production
    SBS_TRUSTED_PROXIES    comma separated networks whose X-Forwarded-For is believed
    SBS_FILES              folder of stored documents; default `files/` in SBS_VAR
    SBS_CLAMD              virus scanner: socket path or host:port of clamd; default none
    SBS_SEALS              folder where sealed checkpoints are published; default `seals/` in SBS_VAR
    SBS_SENT               folder of the book of what was sent; default `sent/` in SBS_SEALS, which then must be writable
    SBS_SEAL_OLD_PUBLIC_KEYS  comma separated name+id+key of earlier seal keys, whose seals stay valid
    SBS_SEAL_MAIL_TO       comma separated addresses that get the trail's seal every day, beside the unit heads
    SBS_TIMESTAMP_URL      RFC 3161 time-stamp authority, https://user:password@host/path, or Kamu SM as
                           kamusm+http://number:password@zd.kamusm.gov.tr; default none
    SBS_TIMESTAMP_CA       file with the certificates that authority's answers are checked against
    SBS_EMAIL_URL          smtps://..., smtp+starttls://host:25 or smtp://user:password@host:587 (STARTTLS as well); default:
                           files in SBS_VAR/mail. Production wants one of them, or smtp:// on this machine
    SBS_EMAIL_FROM         sender of e-mails
    SBS_UNENCRYPTED        comma separated, of redis and mail: these may stay without encryption, because nobody else is on
                           the network between; default none
    SBS_WEBHOOK_HOSTS      comma separated addresses that may be told of events (host, host:port); default none
    SBS_WEBHOOK_NETWORKS   comma separated networks these may lie in when they are not public
    SBS_BACKUPS            folder of encrypted backups; default `backups/` in SBS_VAR
    SBS_BACKUP_KEY         32 bytes in base64: encrypts backups; asked for by `make backup` and `make restore` only
    SBS_BACKUP_STANZA      name of the pgBackRest stanza, where the database server is backed up that way as well
    SBS_SNMP_HOSTS         comma separated addresses of network devices asked for default SNMP names; default this machine
    SBS_MONITORING_NETWORKS  comma separated networks that may read /healthz and /metrics; the trial run: this machine
    SBS_MONITORING_TOKEN   a word of 32 characters or more that may read them from anywhere (Authorization: Bearer)
    SBS_TLS_CERTIFICATE    the proxy's certificate, watched for its end: its file, or host:port where visitors are shown it
    SBS_DATABASE_DISK      disk of the database, watched for its room: a folder of this machine on it (data:log where the
                           write-ahead log has a disk of its own), or its size in GB
    SBS_LOG_FORMAT         json | line; default json in production
    SBS_CLIENT_CA          file with the authorities of the administrators' certificates, watched for their end; default none
    SBS_CLIENT_CRL         file with the revocation list of the administrators' certificates; default none
    SBS_ADMIN_CERTIFICATE  "required": the administration opens only to a certificate on a card
    SBS_LDAP_URL           ldaps://host or ldap://host (then StartTLS): passwords may be checked there; default off
    SBS_LDAP_USER_DN       entry of a person, e.g. uid=%(registry_no)s,ou=personel,dc=example
    SBS_LDAP_CA            file with the authority of the directory's certificate; default the system's
    SBS_LEAKED_PASSWORDS   file of SHA-1 digests in order (Have I Been Pwned): passwords on it are refused; default none
    SBS_BASE_URL           address under which people reach the portal, for links in e-mails and letters
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.connections import MAY_STAY_OPEN, is_private_mail, is_private_redis, is_private_way

CHECKOUT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """What this process is for."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class BadEnvironment(Exception):
    """The environment lacks a value or carries one that cannot be right; the program must not start."""


@dataclass(frozen=True)
class Environment:
    """All that the environment decides."""

    mode: Mode
    var: Path
    database_url: str
    database_owner_url: str
    database_sealer_url: str
    redis_url: str
    secret_key: str
    old_secret_keys: tuple[str, ...]
    field_keys: tuple[bytes, ...]
    lookup_key: bytes
    seal_key: bytes
    seal_public_key: bytes
    seal_old_public_keys: tuple[str, ...]
    seal_mail_to: tuple[str, ...]
    timestamp_url: str
    snmp_hosts: tuple[str, ...]
    timestamp_ca: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    webhook_hosts: tuple[str, ...]
    webhook_networks: tuple[str, ...]
    files: Path
    clamd: str
    seals: Path
    sent: Path | None
    backups: Path
    backup_key: bytes
    backup_stanza: str
    monitoring_networks: tuple[str, ...]
    monitoring_token: str
    tls_certificate: str
    database_disk: str
    log_format: str
    email_url: str
    unencrypted: tuple[str, ...]
    email_from: str
    base_url: str
    client_ca: str
    client_crl: str
    admin_needs_certificate: bool
    ldap_url: str
    ldap_user_dn: str
    ldap_ca: str
    leaked_passwords: str


def demo_secret(name: str) -> bytes:
    """The published stand-in for a secret, so that the trial run needs none. Production refuses it."""
    return hashlib.sha256(f"SBS demo secret, not for real data: {name}".encode()).digest()


class _Reader:
    """Reads single values and remembers every complaint, so that all of them are told at once."""

    def __init__(self, environ: Mapping[str, str], mode: Mode) -> None:
        self.environ = environ
        self.mode = mode
        self.complaints: list[str] = []

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        plain, path = self.environ.get(name, ""), self.environ.get(f"{name}_FILE", "")
        if plain and path:
            self.complaints.append(f"{name} and {name}_FILE are both set; keep one of them.")
        if path:
            try:
                plain = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.complaints.append(f"{name}_FILE cannot be read: {error.strerror}.")
                return default
        if not plain and required and self.mode is Mode.PRODUCTION:
            self.complaints.append(f"{name} (or {name}_FILE) is required in production.")
        return plain or default

    def words(self, name: str, default: str = "", *, required: bool = False) -> tuple[str, ...]:
        return tuple(
            word.strip() for word in self.text(name, default, required=required).split(",") if word.strip()
        )

    def folder(self, name: str, default: Path) -> Path:
        text = self.text(name)
        return Path(text).expanduser().absolute() if text else default

    def secret(self, name: str) -> str:
        """A passphrase-like secret of at least 50 characters."""
        demo = base64.b64encode(demo_secret(name) + demo_secret(name)).decode()
        value = self.text(name, demo, required=True)
        if self.mode is Mode.PRODUCTION and name not in self._missing():
            if value == demo:
                self.complaints.append(f"{name} is the published demo secret.")
            elif len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure-"):
                self.complaints.append(f"{name} is too weak: at least 50 varied characters.")
        return value

    def key(self, name: str) -> bytes:
        """A secret of exactly 32 bytes, written in base64."""
        demo = demo_secret(name)
        value = self._decoded(name, self.text(name, base64.b64encode(demo).decode(), required=True))
        if self.mode is Mode.PRODUCTION and name not in self._missing() and value == demo:
            self.complaints.append(f"{name} is the published demo secret.")
        return value

    def keys(self, name: str) -> tuple[bytes, ...]:
        return tuple(self._decoded(name, word) for word in self.words(name))

    def seal_keys(self, private: str, public: str) -> tuple[bytes, bytes]:
        """Both halves of the trail's key; who holds the public one needs no private one, and then has none."""
        given = self.text(public)
        seed = b"" if given and not self.text(private) else self.key(private)
        own = (
            Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
            if len(seed) == 32
            else b""
        )
        told = self._decoded(public, given) if given else own
        if own and told != own:
            self.complaints.append(f"{public} is not the public half of {private}.")
        demo = Ed25519PrivateKey.from_private_bytes(demo_secret(private)).public_key().public_bytes_raw()
        if self.mode is Mode.PRODUCTION and given and told == demo:
            self.complaints.append(f"{public} is the published demo key.")
        return seed, told

    def backup_key(self, name: str) -> bytes:
        """The key of the backups: only who makes or reads one needs it, so production may start without."""
        text = self.text(
            name, "" if self.mode is Mode.PRODUCTION else base64.b64encode(demo_secret(name)).decode()
        )
        value = self._decoded(name, text) if text else b""
        if self.mode is Mode.PRODUCTION and value == demo_secret(name):
            self.complaints.append(f"{name} is the published demo secret.")
        return value

    def networks(self, name: str, default: str) -> tuple[str, ...]:
        """Networks, written as 10.1.0.0/16."""
        found = self.words(name, default)
        for word in found:
            try:
                ip_network(word, strict=False)
            except ValueError:
                self.complaints.append(f"{name}: {word!r} is no network.")
        return found

    def token(self, name: str) -> str:
        """A word that opens a door; a short one opens it to everybody."""
        value = self.text(name)
        if value and len(value) < 32:
            self.complaints.append(f"{name} is too short: at least 32 characters.")
        return value

    def scanner(self, name: str) -> str:
        """The address of clamd: the path of its socket, or host:port."""
        value = self.text(name)
        if value and not value.startswith("/") and not value.rpartition(":")[2].isdecimal():
            self.complaints.append(f"{name} is the path of a socket or host:port, not {value!r}.")
        return value

    def file_or_address(self, name: str) -> str:
        """A file, or host:port."""
        text = self.text(name)
        if not text or re.fullmatch(r"[^/]+:\d+", text):
            return text
        return str(Path(text).expanduser().absolute())

    def folder_or_size(self, name: str, default: str) -> str:
        """A folder of this machine, or a size in GB."""
        text = self.text(name, default)
        if text and not text.startswith("/") and not (text.isdecimal() and int(text)):
            self.complaints.append(f"{name} is a folder (/…) or a size in GB, not {text!r}.")
        return text

    def choice(self, name: str, words: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in words:
            self.complaints.append(f"{name} is one of {', '.join(words)}, not {value!r}.")
        return value

    def _decoded(self, name: str, text: str) -> bytes:
        try:
            value = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            value = b""
        if len(value) != 32:
            self.complaints.append(f"{name} must be 32 bytes in base64 (openssl rand -base64 32).")
        return value

    def _missing(self) -> str:
        return " ".join(
            complaint.split(" ")[0] for complaint in self.complaints if "is required" in complaint
        )


def _readable_on_the_way(environment: Environment) -> list[str]:
    """What would cross a network in clear; nothing that a setting of its own has not allowed may."""
    found = []
    if environment.database_url and not is_private_way(environment.database_url):
        found.append(
            "DATABASE_URL must ask for an encrypted connection: ?sslmode=verify-full (or a socket of this machine)."
        )
    for word, name, address, is_private, wanted in (
        ("redis", "REDIS_URL", environment.redis_url, is_private_redis, "rediss://… (or a socket)"),
        ("mail", "SBS_EMAIL_URL", environment.email_url, is_private_mail, "smtps://… or smtp+starttls://…"),
    ):
        if address and not is_private(address) and word not in environment.unencrypted:
            found.append(
                f"{name} must ask for an encrypted connection: {wanted}. Where nobody else is on the network between,"
                f" SBS_UNENCRYPTED={word} allows it."
            )
    return found


def read(environ: Mapping[str, str]) -> Environment:
    """The environment as one value; BadEnvironment names everything that is missing or wrong."""
    try:
        mode = Mode(environ.get("SBS_MODE", Mode.DEMO))
    except ValueError:
        raise BadEnvironment(f"SBS_MODE is one of {', '.join(Mode)}, not {environ['SBS_MODE']!r}.") from None
    reader = _Reader(environ, mode)
    var = reader.folder("SBS_VAR", CHECKOUT / "var")
    seal_key, seal_public_key = reader.seal_keys("SBS_SEAL_KEY", "SBS_SEAL_PUBLIC_KEY")
    environment = Environment(
        mode=mode,
        var=var,
        database_url=reader.text("DATABASE_URL", required=True),
        database_owner_url=reader.text("DATABASE_OWNER_URL"),
        database_sealer_url=reader.text("DATABASE_SEALER_URL"),
        redis_url=reader.text("REDIS_URL", required=True),
        secret_key=reader.secret("SBS_SECRET_KEY"),
        old_secret_keys=reader.words("SBS_OLD_SECRET_KEYS"),
        field_keys=(reader.key("SBS_FIELD_KEY"), *reader.keys("SBS_OLD_FIELD_KEYS")),
        lookup_key=reader.key("SBS_LOOKUP_KEY"),
        seal_key=seal_key,
        seal_public_key=seal_public_key,
        seal_old_public_keys=reader.words("SBS_SEAL_OLD_PUBLIC_KEYS"),
        seal_mail_to=reader.words("SBS_SEAL_MAIL_TO"),
        timestamp_url=reader.text("SBS_TIMESTAMP_URL"),
        snmp_hosts=reader.words("SBS_SNMP_HOSTS", "127.0.0.1"),
        timestamp_ca=reader.text("SBS_TIMESTAMP_CA"),
        allowed_hosts=reader.words(
            "SBS_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver", required=True
        ),
        trusted_proxies=reader.words("SBS_TRUSTED_PROXIES"),
        webhook_hosts=reader.words("SBS_WEBHOOK_HOSTS"),
        webhook_networks=reader.words("SBS_WEBHOOK_NETWORKS"),
        files=reader.folder("SBS_FILES", var / "files"),
        clamd=reader.scanner("SBS_CLAMD"),
        seals=reader.folder("SBS_SEALS", var / "seals"),
        sent=reader.folder("SBS_SENT", var) if reader.text("SBS_SENT") else None,
        backups=reader.folder("SBS_BACKUPS", var / "backups"),
        backup_key=reader.backup_key("SBS_BACKUP_KEY"),
        backup_stanza=reader.text("SBS_BACKUP_STANZA"),
        monitoring_networks=reader.networks(
            "SBS_MONITORING_NETWORKS", "127.0.0.0/8,::1/128" if mode is Mode.DEMO else ""
        ),
        monitoring_token=reader.token("SBS_MONITORING_TOKEN"),
        tls_certificate=reader.file_or_address("SBS_TLS_CERTIFICATE"),
        database_disk=reader.folder_or_size(
            "SBS_DATABASE_DISK", "" if environ.get("DATABASE_URL") or mode is Mode.PRODUCTION else str(var)
        ),
        log_format=reader.choice(
            "SBS_LOG_FORMAT", ("json", "line"), "json" if mode is Mode.PRODUCTION else "line"
        ),
        email_url=reader.text("SBS_EMAIL_URL", required=True),
        unencrypted=reader.words("SBS_UNENCRYPTED"),
        email_from=reader.text("SBS_EMAIL_FROM", "SBS <sbs@ornekova.example>", required=True),
        base_url=reader.text("SBS_BASE_URL", "http://127.0.0.1:8000", required=True).rstrip("/"),
        client_ca=reader.text("SBS_CLIENT_CA"),
        client_crl=reader.text("SBS_CLIENT_CRL"),
        admin_needs_certificate=reader.text("SBS_ADMIN_CERTIFICATE") == "required",
        ldap_url=reader.text("SBS_LDAP_URL"),
        ldap_user_dn=reader.text("SBS_LDAP_USER_DN"),
        ldap_ca=reader.text("SBS_LDAP_CA"),
        leaked_passwords=reader.text("SBS_LEAKED_PASSWORDS"),
    )
    if environment.leaked_passwords and not Path(environment.leaked_passwords).is_file():
        reader.complaints.append("SBS_LEAKED_PASSWORDS is no file that can be read.")
    if environment.ldap_url and "%(registry_no)s" not in environment.ldap_user_dn:
        reader.complaints.append("SBS_LDAP_USER_DN must hold %(registry_no)s when SBS_LDAP_URL is set.")
    if environment.ldap_url and not environment.ldap_url.startswith(("ldap://", "ldaps://")):
        reader.complaints.append("SBS_LDAP_URL begins with ldaps:// or ldap://.")
    for word in environment.unencrypted:
        if word not in MAY_STAY_OPEN:
            reader.complaints.append(f"SBS_UNENCRYPTED holds {' and '.join(MAY_STAY_OPEN)}, not {word!r}.")
    if mode is Mode.PRODUCTION:
        reader.complaints += _readable_on_the_way(environment)
        if "*" in environment.allowed_hosts:
            reader.complaints.append("SBS_ALLOWED_HOSTS must name the hosts, not '*'.")
        if (
            environment.base_url
            and urlsplit(environment.base_url).scheme != "https"
            and "SBS_BASE_URL" in environ
        ):
            reader.complaints.append("SBS_BASE_URL must be an https address.")
        if environ.get("SBS_DEMO"):
            reader.complaints.append("SBS_DEMO has no place in production.")
    if reader.complaints:
        raise BadEnvironment(" ".join(reader.complaints))
    return environment


@cache
def current() -> Environment:
    """The environment of this process, read the first time it is asked for."""
    return read(os.environ)
