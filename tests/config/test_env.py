"""The environment is read once, and a wrong one is refused with all complaints at once."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.connections import is_private_way
from config.env import BadEnvironment, Mode, demo_secret, read
from config.rehearsal import environment as production
from config.secrets import fresh, write

PLAIN = (
    "DATABASE_URL must ask for an encrypted connection: ?sslmode=verify-full (or a socket of this machine)."
)


@pytest.fixture
def real(tmp_path: Path) -> dict[str, str]:
    """An environment production accepts."""
    return production(tmp_path)


def complaint(environ: dict[str, str]) -> str:
    with pytest.raises(BadEnvironment) as refused:
        read(environ)
    return str(refused.value)


def test_nothing_set_is_the_trial_run() -> None:
    assert read({}).mode is Mode.DEMO


def test_production_accepts_fresh_secrets(real: dict[str, str]) -> None:
    assert read(real).mode is Mode.PRODUCTION


def test_production_without_values_names_all_of_them() -> None:
    said = complaint({"SBS_MODE": "production"})

    for name in (
        "DATABASE_URL",
        "REDIS_URL",
        "SBS_SECRET_KEY",
        "SBS_FIELD_KEY",
        "SBS_LOOKUP_KEY",
        "SBS_SEAL_KEY",
    ):
        assert f"{name} (or {name}_FILE) is required in production." in said


@pytest.mark.parametrize("name", ["SBS_FIELD_KEY", "SBS_LOOKUP_KEY", "SBS_SEAL_KEY"])
def test_production_refuses_the_published_key(real: dict[str, str], name: str) -> None:
    real[name] = base64.b64encode(demo_secret(name)).decode()

    assert complaint(real) == f"{name} is the published demo secret."


def test_production_refuses_the_published_secret_key(real: dict[str, str]) -> None:
    real["SBS_SECRET_KEY"] = read({}).secret_key

    assert complaint(real) == "SBS_SECRET_KEY is the published demo secret."


def test_production_refuses_a_weak_secret_key(real: dict[str, str]) -> None:
    real["SBS_SECRET_KEY"] = "a" * 60

    assert complaint(real) == "SBS_SECRET_KEY is too weak: at least 50 varied characters."


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "postgresql://sbs_app:x@db/sbs", PLAIN),
        ("DATABASE_URL", "postgresql://sbs_app:x@db/sbs?sslmode=prefer", PLAIN),
        ("DATABASE_URL", "postgresql://sbs_app:x@/sbs?host=db", PLAIN),
        ("SBS_ALLOWED_HOSTS", "*", "SBS_ALLOWED_HOSTS must name the hosts, not '*'."),
        ("SBS_BASE_URL", "http://sbs.example", "SBS_BASE_URL must be an https address."),
        ("SBS_FIELD_KEY", "c2hvcnQ=", "SBS_FIELD_KEY must be 32 bytes in base64 (openssl rand -base64 32)."),
    ],
)
def test_production_refuses_what_cannot_be_right(
    real: dict[str, str], name: str, value: str, said: str
) -> None:
    real[name] = value

    assert complaint(real) == said


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://sbs_app:x@db/sbs?sslmode=verify-full&sslrootcert=/run/secrets/DATABASE_CERTIFICATE",
        "postgresql://sbs_app:x@db/sbs?sslmode=require",
        "postgresql://sbs_app@/sbs?host=/run/postgresql",
        "postgresql://sbs_app@%2Frun%2Fpostgresql/sbs",
        "postgresql:///sbs",
    ],
)
def test_production_takes_tls_or_a_socket(real: dict[str, str], address: str) -> None:
    assert read(real | {"DATABASE_URL": address}).database_url == address


def test_a_secret_may_be_a_file(real: dict[str, str], tmp_path: Path) -> None:
    value = real.pop("SBS_SECRET_KEY")
    (tmp_path / "secret").write_text(f"{value}\n", encoding="ascii")

    assert read(real | {"SBS_SECRET_KEY_FILE": str(tmp_path / "secret")}).secret_key == value


def test_a_value_and_its_file_at_once_are_refused(real: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x", encoding="ascii")

    assert "are both set" in complaint(real | {"SBS_SECRET_KEY_FILE": str(tmp_path / "secret")})


def test_a_missing_file_is_named_without_its_place(real: dict[str, str]) -> None:
    del real["SBS_SEAL_KEY"]

    assert complaint(real | {"SBS_SEAL_KEY_FILE": "/nowhere"}).startswith("SBS_SEAL_KEY_FILE cannot be read:")


def test_an_unknown_mode_is_refused() -> None:
    assert complaint({"SBS_MODE": "live"}) == "SBS_MODE is one of demo, test, production, not 'live'."


def test_fresh_secrets_differ_each_time() -> None:
    assert not set(fresh().values()) & set(fresh().values())


def test_secrets_are_written_into_their_owners_folder_and_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = {path.name: path.read_text(encoding="ascii") for path in write(folder)}

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    for role in ("OWNER_", "", "SEALER_"):
        own = first[f"DATABASE_{'APP_' if not role else role.replace('OWNER_', '')}PASSWORD"]
        assert own in first[f"DATABASE_{role}URL"]
        assert is_private_way(first[f"DATABASE_{role}URL"])
    assert len({first[f"DATABASE_{name}PASSWORD"] for name in ("", "APP_", "SEALER_")}) == 3
    assert write(folder) == []
    assert {path.name: path.read_text(encoding="ascii") for path in folder.iterdir()} == first


def test_who_holds_the_public_half_needs_no_private_one(real: dict[str, str]) -> None:
    seed = base64.b64decode(real.pop("SBS_SEAL_KEY"))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    real["SBS_SEAL_PUBLIC_KEY"] = base64.b64encode(public).decode()

    found = read(real)

    assert (found.seal_key, found.seal_public_key) == (b"", public)


def test_the_private_half_tells_the_public_one(real: dict[str, str]) -> None:
    found = read(real)
    private = Ed25519PrivateKey.from_private_bytes(found.seal_key)

    assert found.seal_public_key == private.public_key().public_bytes_raw()


def test_two_halves_that_do_not_belong_together_are_refused(real: dict[str, str]) -> None:
    real["SBS_SEAL_PUBLIC_KEY"] = base64.b64encode(bytes(31) + b"\x01").decode()

    assert "SBS_SEAL_PUBLIC_KEY is not the public half of SBS_SEAL_KEY." in complaint(real)


def test_production_refuses_the_published_public_half(real: dict[str, str]) -> None:
    del real["SBS_SEAL_KEY"]
    real["SBS_SEAL_PUBLIC_KEY"] = base64.b64encode(read({}).seal_public_key).decode()

    assert "SBS_SEAL_PUBLIC_KEY is the published demo key." in complaint(real)


def test_the_written_secrets_hold_both_halves(tmp_path: Path) -> None:
    write(tmp_path)
    files = {f"{name}_FILE": str(tmp_path / name) for name in ("SBS_SEAL_KEY", "SBS_SEAL_PUBLIC_KEY")}

    found = read({"SBS_MODE": "test", **files})

    assert (len(found.seal_key), len(found.seal_public_key)) == (32, 32)
