"""Fresh secrets of an installation, one file each, as `NAME_FILE` wants them.

    python -m config.secrets FOLDER

Nothing that exists is replaced: the field key reads what is stored, so losing it loses data. Keep a copy outside the machine.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DATABASE_HOST = "db"
REDIS_HOST = "redis"
CERTIFICATE_DAYS = 3 * 365


def _phrase() -> str:
    return secrets.token_urlsafe(64)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _password() -> str:
    return secrets.token_urlsafe(24)


KINDS: dict[str, Callable[[], str]] = {
    "SBS_SECRET_KEY": _phrase,
    "SBS_FIELD_KEY": _key,
    "SBS_LOOKUP_KEY": _key,
    "SBS_SEAL_KEY": _key,
    "SBS_BACKUP_KEY": _key,
    "SBS_MONITORING_TOKEN": _password,
    "DATABASE_PASSWORD": _password,
    "DATABASE_APP_PASSWORD": _password,
    "DATABASE_SEALER_PASSWORD": _password,
    "REDIS_PASSWORD": _password,
}


def fresh() -> dict[str, str]:
    """One new value of every kind."""
    return {name: make() for name, make in KINDS.items()}


def write(folder: Path) -> list[Path]:
    """Writes what is missing, in a folder for its owner only; the addresses contain the passwords. Returns the new files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # containers see single files, which their own users must be able to read
    values = fresh()
    for name, host in (("DATABASE", DATABASE_HOST), ("REDIS", REDIS_HOST)):
        if not (folder / f"{name}_CERTIFICATE").exists():
            values[f"{name}_KEY"], values[f"{name}_CERTIFICATE"] = certificate(host)
    written = [path for name, value in values.items() if _write(path := folder / name, value)]

    seed = base64.b64decode((folder / "SBS_SEAL_KEY").read_text(encoding="ascii"))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()

    def password(name: str) -> str:
        return (folder / f"{name}_PASSWORD").read_text(encoding="ascii")

    place = f"@{DATABASE_HOST}:5432/sbs?sslmode=verify-full&sslrootcert=/run/secrets/DATABASE_CERTIFICATE"
    checked = "ssl_cert_reqs=required&ssl_ca_certs=/run/secrets/REDIS_CERTIFICATE"
    derived = {
        "SBS_SEAL_PUBLIC_KEY": base64.b64encode(public).decode(),  # everybody but the sealer gets this one
        "DATABASE_OWNER_URL": f"postgresql://sbs:{password('DATABASE')}{place}",
        "DATABASE_URL": f"postgresql://sbs_app:{password('DATABASE_APP')}{place}",
        "DATABASE_SEALER_URL": f"postgresql://sbs_sealer:{password('DATABASE_SEALER')}{place}",
        "REDIS_URL": f"rediss://:{password('REDIS')}@{REDIS_HOST}:6379/0?{checked}",
    }
    return [
        *written,
        *(path for name, value in derived.items() if _write(path := folder / name, value)),
    ]


def certificate(host: str) -> tuple[str, str]:
    """A key and a certificate of its own making for a service's name; whoever asks trusts exactly this one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return pem, made.public_bytes(Encoding.PEM).decode()


def _write(path: Path, value: str) -> bool:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as output:
        output.write(value)
    return True


def main() -> int:
    """The command line."""
    if len(sys.argv) != 2:
        print("usage: python -m config.secrets FOLDER", file=sys.stderr)
        return 2
    for path in write(Path(sys.argv[1])):
        print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
