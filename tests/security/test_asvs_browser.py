"""What the browser is told: cookies, what it may keep, kinds of content, and scripts that hold nothing they should not."""

from __future__ import annotations

import ast
import json
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from config.env import CHECKOUT
from tests.accounts.people import PASSWORD, person, signed_in_client
from tests.security.production import production
from tests.security.test_rules import calls, trees

SCRIPTS = sorted((CHECKOUT / "static/js").glob("*.js"))
KINDS = ("SESSION", "CSRF", "LANGUAGE")


# Cookies (3.3.1–3.3.4)


def test_every_cookie_of_production_belongs_to_this_host_alone() -> None:
    said = production()
    names = {name: value for name, value in said.items() if name.endswith("COOKIE_NAME")}

    assert len(names) >= 5
    assert [name for name, value in names.items() if not value.startswith("__Host-")] == []
    assert [name for name, value in said.items() if name.endswith("COOKIE_DOMAIN") and value] == []


@pytest.mark.parametrize("kind", KINDS)
def test_djangos_cookies_are_sent_over_tls_to_no_script_and_to_no_other_site(kind: str) -> None:
    said = production()

    assert (said[f"{kind}_COOKIE_SECURE"], said[f"{kind}_COOKIE_HTTPONLY"]) == (True, True)
    assert said[f"{kind}_COOKIE_SAMESITE"] == "Lax"


def test_a_cookie_of_our_own_names_all_its_limits() -> None:
    """Name from the settings (and so with the prefix), TLS, no script, no other site."""
    found = [
        (place, {word.arg for word in call.keywords}, ast.unparse(call.args[0]))
        for place, tree in trees().items()
        for name, call in calls(tree)
        if name == "set_cookie"
    ]

    assert len(found) >= 2
    for place, words, name in found:
        assert {"secure", "httponly", "samesite"} <= words, place
        assert re.fullmatch(r"settings\.\w+_COOKIE_NAME", name), place


def test_scripts_write_one_cookie_and_it_holds_a_colour() -> None:
    writers = {
        path.name: path.read_text(encoding="utf-8") for path in SCRIPTS if "cookie" in path.read_text()
    }

    assert list(writers) == ["theme.js"]
    assert '["__Host-theme", "; Secure"]' in writers["theme.js"]
    assert settings.THEME_COOKIE_NAME == "theme"


def test_the_session_is_known_to_its_cookie_alone(db: None) -> None:
    """Neither the page nor its address repeats what the cookie holds."""
    client = signed_in_client(person(Role.IT_OFFICER))
    secret = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = client.get("/")

    assert answer.status_code == 200
    assert secret not in answer.content.decode()
    assert not [value for value in answer.headers.values() if secret in value]


# What stays in the browser (14.3.1, 14.3.3)


def test_logging_out_empties_what_the_browser_kept(db: None) -> None:
    answer = signed_in_client(person(Role.IT_OFFICER)).post("/logout/")

    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache"')


def test_scripts_keep_a_switch_and_the_name_of_a_box_and_nothing_else() -> None:
    """Every use of the browser's storage, and what is put there."""
    kept = {
        (path.name, found)
        for path in SCRIPTS
        for found in re.findall(
            r"(?:local|session)Storage\.setItem\((.*?)\)", path.read_text(encoding="utf-8")
        )
    }

    assert kept == {
        ("filter.js", 'PLACE, document.activeElement?.name ?? ""'),
        ("keyboard.js", 'OFF, "1"'),
    }
    assert not [path.name for path in SCRIPTS if "indexedDB" in path.read_text(encoding="utf-8")]


# Scripts (3.2.2, 3.5.5, 3.7.1, 15.3.6)

NEVER = {
    "text made into markup": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment",
    "text made into code": r"\beval\(|new Function|setTimeout\(\s*[\"'`]|javascript:",
    "other windows": r"postMessage|window\.open|addEventListener\(\s*[\"']message",
    "other ways of talking": r"WebSocket|EventSource|RTCPeerConnection|sendBeacon|XMLHttpRequest",
    "a prototype reached by name": r"__proto__|\.prototype\b|Object\.assign\(",
    "what browsers gave up": r"ActiveX|<applet|<embed|shockwave|Silverlight",
}


@pytest.mark.parametrize("what", sorted(NEVER))
def test_no_script_of_ours_uses(what: str) -> None:
    found = [
        f"{path.name}: {hit}"
        for path in SCRIPTS
        for hit in re.findall(NEVER[what], path.read_text(encoding="utf-8"))
    ]

    assert len(SCRIPTS) > 10
    assert found == []


def test_no_template_brings_a_plug_in() -> None:
    plug_ins = re.compile(r"<(?:applet|embed|object)\b", re.IGNORECASE)
    pages = [path for path in CHECKOUT.glob("**/templates/**/*.html") if ".venv" not in path.parts]

    assert len(pages) > 50
    assert [path.name for path in pages if plug_ins.search(path.read_text(encoding="utf-8"))] == []


# Kinds of content (3.4.2, 3.5.6, 13.4.3); of whole pages: tests/security/test_headers.py


def test_no_answer_is_meant_for_another_site(db: None) -> None:
    asked = Client().get("/login/", headers={"Origin": "https://evil.example"})

    assert not [name for name in asked.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize("path", ["/static/", "/static/js/", "/static/css/", "/api/", "/api/v1/"])
def test_no_folder_lists_what_is_in_it(path: str, db: None) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("callback", ["callback", "jsonp", "cb"])
def test_no_answer_is_wrapped_into_a_script(callback: str, db: None) -> None:
    client = signed_in_client(person(Role.IT_OFFICER))
    answer = client.get(
        reverse("people-find"), {"q": "a", callback: "f"}, headers={"Accept": "application/json"}
    )

    assert answer.headers["Content-Type"].startswith("application/json")
    assert json.loads(answer.content)["results"] is not None


# Passwords (6.2.6, 6.2.7, 6.2.8)


def test_boxes_for_passwords_hide_and_take_what_a_manager_pastes(db: None) -> None:
    page = Client().get("/login/").content.decode()
    box = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert box is not None

    assert 'type="password"' in box[0]
    assert 'autocomplete="current-password"' in box[0]
    assert not [path.name for path in SCRIPTS if re.search(r"[\"']paste[\"']|onpaste", path.read_text())]


@pytest.mark.parametrize("typed", [PASSWORD.upper(), PASSWORD[:-1], f" {PASSWORD}", f"{PASSWORD} "])
def test_a_password_counts_as_it_was_typed(typed: str, db: None) -> None:
    user = person(Role.REQUESTING_STAFF)
    client = Client()
    client.post("/login/", {"username": user.username, "password": typed})

    assert settings.SESSION_COOKIE_NAME not in client.cookies or "_auth_user_id" not in client.session
