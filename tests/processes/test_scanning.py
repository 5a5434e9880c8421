"""Files shown to a virus scanner that speaks clamd's protocol over a real socket."""

from __future__ import annotations

import hashlib
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from audit.models import Entry
from config.env import BadEnvironment, read
from ebys.models import IncomingLetter, Receipt
from ebys.services import receiving
from helpdesk.workflow import report
from processes import scanning
from processes.models import Case, StoredFile
from tests.accounts.people import person, signed_in_client
from tests.ebys import letters
from tests.ebys.api.calling import Caller, account, key_of
from tests.engine.cast import assemble
from tests.laying import laid
from tests.processes.records import pdf

MARK = b"HARMFUL-MARK"
EYP = Path(__file__).parents[1] / "data" / "eyp"


class Clamd(socketserver.BaseRequestHandler):
    """Takes a file in chunks and answers as clamd does."""

    server: Any

    def handle(self) -> None:
        source = self.request.makefile("rb")
        if (asked := source.read(6)) == b"zPING\0":
            self.request.sendall(b"PONG\0")
            return
        assert asked + source.read(4) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", source.read(4))[0]:
            content += source.read(size)
        self.server.seen.append(content)
        answer = self.server.answer or (b"stream: Test.Mark-1 FOUND" if MARK in content else b"stream: OK")
        self.request.sendall(answer + b"\0" if answer != b"gone" else b"")


@pytest.fixture
def clamd(settings: Any) -> Iterator[Any]:
    """A scanner on a port of this machine, and the portal set up to ask it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        server.answer, server.seen = b"", []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.VIRUS_SCANNER = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


@laid
def case() -> Case:
    people = assemble()
    return report(
        by=people[Role.IT_OFFICER],
        title="Ağ yok",
        applicant=people[Role.REQUESTING_STAFF],
        channel="telephone",
    )


def send(case: Case, content: bytes) -> Any:
    client = signed_in_client(person(Role.IT_LEAD, username="sender"))
    upload = SimpleUploadedFile("tutanak.txt", content)
    return client.post(f"/cases/{case.number}/files/", {"uploads": upload, "kind": "attachment"})


def test_a_clean_file_is_seen_whole_and_taken_in(clamd: Any, case: Case) -> None:
    content = b"Tutanak. " * 20_000
    assert send(case, content).status_code == 302
    assert clamd.seen == [content]
    assert case.documents.count() == 1


def test_a_harmful_file_is_refused_by_name_and_stands_in_the_trail(clamd: Any, case: Case) -> None:
    content = b"Tutanak " + MARK
    answer = send(case, content)
    entry = Entry.objects.get(event="refused", changes__code="infected", changes__has_key="found")
    digest = hashlib.sha256(content).hexdigest()
    assert answer.status_code == 422
    assert "Test.Mark-1" in answer.content.decode()
    assert entry.changes == {"code": "infected", "sha256": digest, "found": "Test.Mark-1"}
    assert (case.documents.count(), StoredFile.objects.filter(sha256=digest).exists()) == (0, False)


@pytest.mark.parametrize("answer", [b"gone", b"INSTREAM size limit exceeded. ERROR"])
def test_without_a_verdict_nothing_is_taken_in(answer: bytes, clamd: Any, case: Case) -> None:
    clamd.answer = answer
    assert send(case, b"Tutanak").status_code == 503
    assert case.documents.count() == 0


def test_a_scanner_that_is_away_is_told_as_such(settings: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.VIRUS_SCANNER = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(scanning.ScannerUnavailable):
            scanning.refuse_infected(BytesIO(b"a"), "a.txt")


def test_a_socket_of_this_machine_is_asked_as_well(settings: Any, tmp_path: Path) -> None:
    place = str(tmp_path / "clamd.sock")
    with socketserver.ThreadingUnixStreamServer(place, Clamd) as server:
        server.answer, server.seen = b"", []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.VIRUS_SCANNER = place
        file = BytesIO(pdf())
        scanning.refuse_infected(file, "a.pdf")
        server.shutdown()
        assert (server.seen, file.tell()) == ([pdf()], 0)  # type: ignore[attr-defined]


def test_a_harmful_package_stays_in_quarantine_with_its_reason(clamd: Any, db: None) -> None:
    clamd.answer = b"stream: Test.Mark-1 FOUND"
    package = (EYP / "sample-v2.eyp").read_bytes()
    answer = Caller(key_of(account())[1]).deliver(package)
    receipt = Receipt.objects.get()
    assert (answer.status_code, answer.json()["code"], answer.json()["receipt"]) == (
        422,
        "infected",
        receipt.pk,
    )
    assert (receipt.is_refused, receipt.code, IncomingLetter.objects.count()) == (True, "infected", 0)


def test_a_package_kept_while_the_scanner_was_away_is_read_again(clamd: Any, db: None) -> None:
    by = letters.officer()
    clamd.answer = b"gone"
    receipt = receiving.receive_package((EYP / "sample-v2.eyp").read_bytes(), by=by)
    assert (receipt.is_refused, receipt.code) == (True, "scanner-unavailable")
    clamd.answer = b""
    assert not receiving.read_again(receipt, by=by).is_refused


@pytest.mark.parametrize("address", ["clamd", "clamd:", "localhost:abc"])
def test_an_address_that_cannot_be_right_stops_the_start(address: str) -> None:
    with pytest.raises(BadEnvironment, match="SBS_CLAMD"):
        read({"SBS_MODE": "test", "SBS_CLAMD": address})


@pytest.mark.parametrize("address", ["", "/run/clamav/clamd.ctl", "clamd:3310", "[::1]:3310"])
def test_addresses_of_a_scanner(address: str) -> None:
    assert read({"SBS_MODE": "test", "SBS_CLAMD": address}).clamd == address
