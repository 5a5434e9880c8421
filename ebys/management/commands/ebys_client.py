"""Plays EBYS over HTTP: delivers packages, collects letters that are ready, registers or returns them.

    manage.py ebys_client --url http://127.0.0.1:8000 --key KEY deliver yazi.eyp
    manage.py ebys_client --key KEY collect --into gelen/
    manage.py ebys_client --key KEY register 42 --number E-12345678-705-1042 --date 2026-11-20
    manage.py ebys_client --key KEY return 42 --reason "İmza makamı değişmeli"
    manage.py ebys_client --key KEY play          collects and registers everything that is ready

It needs neither database nor settings of this program, only the address and a key: a model for a real connection.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ebys import eyp

KEY = "SBS_EBYS_KEY"
ADDRESS = "http://127.0.0.1:8000"
ROOT = "/api/v1/"
SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What the other side said."""

    status: int
    headers: Message
    body: bytes

    @property
    def content(self) -> Any:
        """The JSON of the body."""
        return json.loads(self.body)


class Refused(Exception):
    """The other side did not do it."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail", ""))
        self.problem = problem


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key is not carried anywhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Never."""


OPENER = urllib.request.build_opener(NoRedirect)


class Connection:
    """One address and one key. A writing request carries an Idempotency-Key, so that it may be sent again."""

    def __init__(self, address: str, key: str, language: str = "tr") -> None:
        self.address = address.rstrip("/")
        self.key = key
        self.language = language

    def get(self, path: str) -> Answer:
        """Read something; `path` may be a whole address the other side gave."""
        return self._send("GET", path)

    def post(self, path: str, content: Any, *, version: int | None = None, once: str = "") -> Answer:
        """Send JSON."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": once or str(uuid.uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._send("POST", path, json.dumps(content).encode(), headers)

    def upload(self, path: str, name: str, file: Path, *, once: str = "") -> Answer:
        """Send one file as a form."""
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{_plain(file.name)}"\r\n'
            "Content-Type: application/eyazisma\r\n\r\n"
        )
        body = head.encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": once or str(uuid.uuid4()),
        }
        return self._send("POST", path, body, headers)

    def _send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked below
            self._whole(path),
            data=body,
            method=method,
            headers={
                "Authorization": f"Bearer {self.key}",
                "Accept": "application/json",
                "Accept-Language": self.language,
                **(headers or {}),
            },
        )
        try:
            with OPENER.open(request, timeout=SECONDS) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            raise Refused(_problem(error.code, error.read())) from error

    def _whole(self, path: str) -> str:
        """The address; the key goes to the named server only, whatever an answer says."""
        wanted = urlsplit(path)
        whole = f"{self.address}{wanted.path}" if wanted.scheme else f"{self.address}{ROOT}{path}"
        if wanted.scheme and wanted.query:
            whole += f"?{wanted.query}"
        if urlsplit(whole).scheme not in ("http", "https"):
            raise CommandError("The address begins with http:// or https://.")
        return whole


class Command(BaseCommand):
    """The reference client."""

    help = "Plays EBYS over HTTP: delivers, collects, registers and returns letters."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address, the key, and what to do."""
        parser.add_argument("--url", default=ADDRESS, help=f"Address of the portal ({ADDRESS})")
        parser.add_argument(
            "--key", default=os.environ.get(KEY, ""), help=f"Key of the service account (or {KEY})"
        )
        parser.add_argument("--language", default="tr", choices=("tr", "en"))
        what = parser.add_subparsers(dest="what", required=True)
        deliver = what.add_parser("deliver", help="Deliver packages")
        deliver.add_argument("files", nargs="+", type=Path)
        for name in ("collect", "play"):
            taken = what.add_parser(
                name, help="Collect what is ready" + ("" if name == "collect" else ", register it")
            )
            taken.add_argument("--into", type=Path, default=Path(), help="Folder for the packages")
        register = what.add_parser("register", help="Record the number and date of a letter")
        register.add_argument("letter", type=int)
        register.add_argument("--number", required=True)
        register.add_argument("--date", type=date.fromisoformat, default=None, help="Today when not given")
        back = what.add_parser("return", help="Send a letter back")
        back.add_argument("letter", type=int)
        back.add_argument("--reason", required=True)

    def handle(self, *args: Any, **given: Any) -> None:
        """Do it and print what the other side said."""
        if not given["key"]:
            raise CommandError(f"Give a key with --key or in {KEY}.")
        there = Connection(given["url"], given["key"], given["language"])
        try:
            if given["what"] == "deliver":
                for file in given["files"]:
                    self._deliver(there, file)
            elif given["what"] in ("collect", "play"):
                for letter in list(ready(there)):
                    self._collect(there, letter, given["into"], register=given["what"] == "play")
            elif given["what"] == "register":
                self._register(there, given["letter"], given["number"], given["date"] or timezone.localdate())
            else:
                answer = there.post(
                    f"outgoing-letters/{given['letter']}/rejection/", {"reason": given["reason"]}
                )
                self.stdout.write(f"#{given['letter']} {answer.content['state_label']}")
        except Refused as refused:
            raise CommandError(told(refused.problem)) from refused
        except urllib.error.URLError as error:
            raise CommandError(f"{given['url']}: {error.reason}") from error

    def _deliver(self, there: Connection, file: Path) -> None:
        if not file.is_file():
            raise CommandError(f"{file}: no such file")
        answer = there.upload("incoming-letters/", "package", file)
        letter = answer.content
        note = " (already delivered)" if letter["duplicate"] else ""
        self.stdout.write(f"#{letter['id']} {letter['number']} {letter['subject']}{note}")
        self.stdout.write(f"   {letter['signature_notice']}")

    def _collect(self, there: Connection, letter: dict[str, Any], into: Path, *, register: bool) -> None:
        content = there.get(letter["package_url"]).body
        package = eyp.read(content)
        into.mkdir(parents=True, exist_ok=True)
        target = into / f"{package.document_id}.eyp"
        target.write_bytes(content)
        held = there.post(
            f"outgoing-letters/{letter['id']}/collection/",
            {},
            version=letter["version"],
            once=f"collect-{letter['document_id']}-{letter['version']}",
        ).content
        self.stdout.write(f"#{letter['id']} {package.subject} → {target}")
        if register:
            number = f"E-{package.creator.detsis}-{package.file_code}-{letter['id']}"
            self._register(there, letter["id"], number, timezone.localdate(), version=held["version"])

    def _register(
        self, there: Connection, letter: int, number: str, day: date, *, version: int | None = None
    ) -> None:
        content = {"number": number, "date": day.isoformat()}
        found = there.post(f"outgoing-letters/{letter}/registration/", content, version=version).content
        self.stdout.write(f"#{letter} {found['state_label']}: {found['number']} / {found['date']}")


def ready(there: Connection) -> Iterator[dict[str, Any]]:
    """Every letter that waits to be collected, page by page."""
    address: str | None = "outgoing-letters/"
    while address:
        page = there.get(address).content
        yield from page["results"]
        address = page["next"]


def told(problem: dict[str, Any]) -> str:
    """A refusal in a few lines."""
    lines = [f"{problem.get('status')} {problem.get('code')}: {problem.get('detail')}"]
    lines += [f"  {name}: {' '.join(texts)}" for name, texts in problem.get("errors", {}).items()]
    return "\n".join(lines)


def _problem(status: int, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = {}
    return {"status": status, "code": "", "detail": ""} | (found if isinstance(found, dict) else {})


def _plain(name: str) -> str:
    """A file name that cannot end the header it stands in."""
    return "".join(letter if letter.isprintable() and letter not in '"\\' else "_" for letter in name)
