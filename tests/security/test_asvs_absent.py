"""What the portal does without, so that “not applicable” in docs/asvs.md stays true: each word that would end it fails here."""

from __future__ import annotations

import ast
import re

import pytest
from django.apps import apps

from config.components import components
from config.env import CHECKOUT
from tests.security.test_asvs_documents import files_using
from tests.security.test_rules import calls, trees

# What it would be: the packages that bring it, and the imports.
ABSENT = {
    "GraphQL": r"graphene|graphql|strawberry|ariadne",
    "WebSocket": r"channels|websockets?|daphne|socketio|uvicorn",
    "WebRTC": r"aiortc|aioice|pyturn",
    "OAuth and OpenID": r"oauthlib|authlib|oauth2_provider|django-oauth.*|mozilla[_-]django[_-]oidc|oic|social[_-]auth.*|"
    r"allauth|django-allauth",
    "signed tokens that say who one is": r"jwt|pyjwt|jose|python-jose|joserfc|itsdangerous|djangorestframework[_-]simplejwt",
    "SAML": r"saml2?|pysaml2|python3-saml|onelogin",
    "LaTeX": r"pylatex|latex|pdflatex",
    "XPath and XSLT": r"lxml|elementpath|xpath|saxonche",
    "memcached": r"memcache|pymemcache|pylibmc|python-memcached",
    "rich text and markup languages": r"markdown.*|bleach|nh3|mistune|docutils|bbcode|ckeditor.*|tinymce.*|html5lib",
    "other templates": r"jinja2|mako|chameleon",
    "SMS and telephone": r"twilio|vonage|nexmo|messagebird|phonenumbers",
    "code that is no Python": r"ctypes|cffi|pybind11",
}
BRINGS_ALONG = {"cffi"}  # of argon2 and cryptography; this program's own code does not use it


@pytest.mark.parametrize("what", sorted(ABSENT))
def test_there_is_no(what: str) -> None:
    names = re.compile(rf"(?:{ABSENT[what]})\Z", re.IGNORECASE)
    modules = re.compile(rf"(?:{ABSENT[what]})(?:\.|\Z)", re.IGNORECASE)
    locked = {part.name for part in components() if names.match(part.name)} - BRINGS_ALONG

    assert (locked, files_using(modules)) == (set(), set())


def test_no_text_becomes_a_program() -> None:
    """Neither Python nor a template nor a shell is made of a text that was put together."""
    words = {
        "eval",
        "exec",
        "compile",
        "__import__",
        "system",
        "popen",
        "from_string",
        "getoutput",
        "startfile",
    }
    found = {
        f"{path}: {ast.unparse(call)[:80]}"
        for path, tree in trees().items()
        for name, call in calls(tree)
        if (name in words and not (name == "compile" and ast.unparse(call.func) != "compile"))
        or any(word.arg == "shell" for word in call.keywords)
        or ast.unparse(call.func) in {"Template", "template.Template", "engines.from_string"}
    }

    assert found == set()


def test_no_pattern_is_made_of_what_somebody_typed() -> None:
    """Patterns are constants; the database is never given one from outside."""
    made = {
        f"{path}: {ast.unparse(call)[:90]}"
        for path, tree in trees().items()
        for name, call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == "re"
        and name in {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
        and not is_constant(call.args[0])
    }
    looked_up = {
        f"{path}: {word.arg}"
        for path, tree in trees().items()
        for _name, call in calls(tree)
        for word in call.keywords
        if word.arg and word.arg.endswith(("__regex", "__iregex")) and not is_constant(word.value)
    }

    assert made == set()
    assert looked_up == set()


def is_constant(pattern: ast.expr) -> bool:
    """A text, a name of the module, or both put together; anything else inside is escaped."""
    if isinstance(pattern, ast.Constant):
        return True
    if isinstance(pattern, ast.Name):
        return pattern.id.isupper()
    if isinstance(pattern, ast.BinOp):
        return is_constant(pattern.left) and is_constant(pattern.right)
    if isinstance(pattern, ast.JoinedStr):
        inside = [part.value for part in pattern.values if isinstance(part, ast.FormattedValue)]
        return all(is_constant(part) or ast.unparse(part).startswith("re.escape(") for part in inside)
    return ast.unparse(pattern).startswith("re.escape(")


def test_texts_of_people_are_never_the_form_others_are_filled_into() -> None:
    """`format` stands on constants of the program alone."""
    found = {
        f"{path}: {ast.unparse(call)[:80]}"
        for path, tree in trees().items()
        for name, call in calls(tree)
        if name in {"format", "format_map"}
        and isinstance(call.func, ast.Attribute)
        and not isinstance(call.func.value, ast.Constant)
        and not re.fullmatch(r"[A-Z_\d]+|str", ast.unparse(call.func.value).rpartition(".")[2])
    }

    assert found == set()


def test_nobody_is_asked_for_a_hint_or_a_secret_question() -> None:
    fields = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if re.search(r"hint|secret_question|security_question|mother", field.name)
    }

    assert fields == set()


def test_what_is_installed_holds_neither_history_nor_tests() -> None:
    """13.4.1, 15.2.3: the image is built without them."""
    left_out = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split()
    image = (CHECKOUT / "deploy/Dockerfile").read_text(encoding="utf-8")

    assert {".git", ".ci", "tests", "bench", "deploy/secrets", "deploy/tls", "var"} <= set(left_out)
    assert "--no-dev" in image
    assert {part.name for part in components()} & {"pytest", "django-debug-toolbar", "werkzeug"} == set()
