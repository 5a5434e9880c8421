"""What an installation is made of fits together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.env import CHECKOUT, read
from config.rehearsal import CHECK, environment
from config.secrets import write


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The services as Docker would start them."""
    loaded: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def test_compose_starts_what_the_portal_consists_of(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {
        "db",
        "redis",
        "prepare",
        "web",
        "worker",
        "beat",
        "sealer",
        "nginx",
        "backup",
    }


def test_every_secret_of_the_settings_is_mounted_and_written(compose: dict[str, Any], tmp_path: Path) -> None:
    written = {path.name for path in write(tmp_path / "secrets")}
    asked = {
        value.removeprefix("/run/secrets/")
        for name, value in compose["services"]["web"]["environment"].items()
        if name.endswith("_FILE")
    }

    assert asked | {"DATABASE_CERTIFICATE", "REDIS_CERTIFICATE"} == set(compose["services"]["web"]["secrets"])
    assert asked <= set(compose["secrets"]) == written


def test_every_service_can_read_the_secrets_its_settings_name(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        settings = service.get("environment", {})
        files = [value for key, value in settings.items() if key.startswith("SBS_") and key.endswith("_FILE")]
        named = {value.removeprefix("/run/secrets/") for value in files}
        assert named <= set(service.get("secrets", [])), name


def test_the_monitoring_is_let_in_and_sees_what_it_watches(compose: dict[str, Any]) -> None:
    web, nginx = compose["services"]["web"], compose["services"]["nginx"]
    settings = web["environment"]

    assert settings["SBS_MONITORING_TOKEN_FILE"] == "/run/secrets/SBS_MONITORING_TOKEN"
    assert settings["SBS_MONITORING_NETWORKS"] == "${SBS_MONITORING_NETWORKS:-}"
    assert (settings["SBS_TLS_CERTIFICATE"], set(web["networks"]) & set(nginx["networks"])) == (
        "nginx:8443",
        {"outside"},
    )
    assert {"backups:/srv/backups:ro", "./deploy/cards:/srv/cards:ro"} <= set(web["volumes"])
    assert "./deploy/cards:/etc/nginx/cards:ro" in nginx["volumes"]
    assert not [volume for volume in web["volumes"] if "deploy/tls" in volume]  # the key is the proxy's alone


def test_the_word_of_the_monitoring_is_long_enough_to_start_with(tmp_path: Path) -> None:
    write(tmp_path)
    environ = {"SBS_MODE": "test", "SBS_MONITORING_TOKEN_FILE": str(tmp_path / "SBS_MONITORING_TOKEN")}

    assert len(read(environ).monitoring_token) >= 32


def test_a_backup_is_made_and_tried_every_night(compose: dict[str, Any]) -> None:
    service = compose["services"]["backup"]
    command = " ".join(service["command"])
    mounted = dict(one.split(":", 1) for one in service["volumes"])

    assert ("python -m config.backup;" in command, "sleep 86400" in command) == (True, True)
    assert "--quick" not in command
    assert (mounted["files"], mounted["seals"]) == ("/srv/files:ro", "/srv/seals:ro")
    assert service["environment"]["SBS_BACKUPS"] == mounted["backups"]
    assert {"SBS_BACKUP_KEY", "DATABASE_OWNER_URL"} <= set(service["secrets"])
    assert set(service["secrets"]) <= set(compose["secrets"])
    assert {"backups"} <= set(compose["volumes"])
    stages = re.findall(
        r"^FROM \S+ AS (\w+)$", (CHECKOUT / "deploy/Dockerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert stages == ["portal", "backup"]
    assert {one["build"]["target"] for one in compose["services"].values() if "build" in one} == set(stages)


def test_nobody_but_the_preparation_and_the_backup_knows_the_owners_password(compose: dict[str, Any]) -> None:
    services = compose["services"]
    knows = {name for name, one in services.items() if {"DATABASE_OWNER_URL"} & set(one.get("secrets", []))}

    assert knows == {"prepare", "backup"}
    assert services["sealer"]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/DATABASE_SEALER_URL"
    for name in ("web", "worker", "beat"):
        assert services[name]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/DATABASE_URL"
        assert "DATABASE_SEALER_URL" not in services[name]["secrets"]


def test_only_the_sealer_holds_the_key_of_the_trail_and_writes_its_seals(compose: dict[str, Any]) -> None:
    services = compose["services"]
    holds = {name for name, one in services.items() if "SBS_SEAL_KEY" in one.get("secrets", [])}
    named = {name for name, one in services.items() if "SBS_SEAL_KEY_FILE" in one.get("environment", {})}
    writes = {name for name, one in services.items() if "seals:/srv/seals" in one.get("volumes", [])}

    assert holds == named == writes == {"sealer"}
    for name in ("web", "worker", "beat"):
        assert "SBS_SEAL_PUBLIC_KEY" in services[name]["secrets"]
        assert {"seals:/srv/seals:ro", "sent:/srv/sent"} <= set(services[name]["volumes"])
        assert services[name]["environment"]["SBS_SENT"] == "/srv/sent"
    assert "sent:/srv/sent:ro" in services["backup"]["volumes"]


def test_only_the_proxy_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]


def test_the_proxy_alone_is_believed(compose: dict[str, Any]) -> None:
    believed = {
        service.get("environment", {}).get("SBS_TRUSTED_PROXIES") for service in compose["services"].values()
    }
    proxy = compose["services"]["nginx"]["networks"]["outside"]["ipv4_address"]
    network = ip_network(compose["networks"]["outside"]["ipam"]["config"][0]["subnet"])

    assert believed - {None} == {proxy}
    assert ip_address(proxy) in network
    assert ip_address(proxy) != next(network.hosts()), "the bridge: whoever is on the machine"


def test_database_and_redis_stand_in_the_inner_network_alone(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inside"]["internal"] is True
    assert {name: compose["services"][name]["networks"] for name in ("db", "redis")} == {
        "db": ["inside"],
        "redis": ["inside"],
    }


def test_the_proxys_log_holds_neither_query_nor_referer() -> None:
    text = (CHECKOUT / "deploy/nginx.conf").read_text(encoding="utf-8")
    formats = re.findall(r"log_format .*?;", text, re.DOTALL)

    assert len(formats) == 1
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer)\b", formats[0])


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"])
def test_the_proxy_overwrites_what_a_visitor_claims(header: str) -> None:
    assert f"proxy_set_header {header} " in (CHECKOUT / "deploy/nginx.conf").read_text(encoding="utf-8")


def test_djangos_own_check_of_a_production_set_up_is_clean(tmp_path: Path) -> None:
    checked = manage(environment(tmp_path), *CHECK)

    assert (checked.returncode, "no issues" in checked.stdout) == (0, True), checked.stderr


def test_production_does_not_start_with_published_secrets(tmp_path: Path) -> None:
    environ = {name: value for name, value in environment(tmp_path).items() if not name.endswith("_KEY")}

    refused = manage(environ, "check")

    assert refused.returncode != 0
    assert "SBS_FIELD_KEY (or SBS_FIELD_KEY_FILE) is required in production." in refused.stderr


def test_the_invented_province_is_refused_in_production(tmp_path: Path) -> None:
    refused = manage(environment(tmp_path), "demo")

    assert refused.returncode != 0
    assert "this is production" in refused.stderr


def manage(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command,
        env={"PATH": os.environ["PATH"]} | environ,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
