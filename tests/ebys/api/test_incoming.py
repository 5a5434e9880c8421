"""Letters as EBYS delivers them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ebys.models import IncomingLetter, Receipt, ReceiptOutcome
from processes import files
from tests.accounts import people
from tests.ebys import letters
from tests.ebys.api.calling import caller, upload
from tests.ebys.eyp.packages import ENCRYPTED, UPPER, V1, V2, changed, draft, parts_of, zipped

pytestmark = pytest.mark.django_db

PDF = parts_of(V1)["UstYazi/ustyazi.pdf"]
METADATA: dict[str, Any] = {
    "subject": "Ağ Bağlantı Arızası",
    "number": "E-11223344-705-17",
    "date": "2026-11-20",
    "file_code": "705",
    "security": "HZO",
    "urgency": "ACL",
    "sender": {"name": "Örnekova Devlet Hastanesi", "detsis": "11223344"},
    "references": [{"label": "a", "text": "10.11.2026 tarihli yazımız."}],
    "distribution": [{"name": "İl Sağlık Müdürlüğü", "detsis_no": "12345678", "purpose": "GRG"}],
}


def with_file(**changes: Any) -> dict[str, Any]:
    return METADATA | {"files": [{"name": "yazi.pdf", "content": base64.b64encode(PDF).decode()}]} | changes


def test_version_2_package_becomes_a_letter() -> None:
    answer = caller().deliver(V2.read_bytes(), Accept_Language="en")
    letter = answer.json()
    assert answer.status_code == 201
    assert answer["Location"].endswith(f"/api/v1/incoming-letters/{letter['id']}/")
    assert (letter["subject"], letter["number"], letter["date"]) == (
        "e-Yazışma Test Paketi",
        "1234",
        "2025-05-12",
    )
    assert (letter["file_code"], letter["security"], letter["package_version"]) == ("010.06.01", "HZO", "2.0")
    assert [(line["name"], line["purpose"]) for line in letter["distribution"]] == [
        ("Adalet Bakanlığı", "GRG"),
        ("Sağlık Bakanlığı", "BLG"),
    ]
    assert [line["label"] for line in letter["references"]] == ["a", "b"]
    assert [file["title"] for file in letter["files"] if not file["is_cover"]] == [
        "Birinci ek",
        "Harici referans",
        "Fiziksel ek",
        "İmzasız ek",
        "İkinci ek",
    ]
    assert (letter["digests_match"], letter["signature_checked"]) == (True, False)
    assert letter["signature_notice"] == "The signature was not verified."


def test_version_1_package_becomes_a_letter() -> None:
    letter = caller().deliver(V1.read_bytes()).json()
    assert (letter["subject"], letter["number"], letter["date"]) == (
        "Olustur Versiyon 1X",
        "E-24312041-702.03-1",
        "2021-02-15",
    )
    assert (letter["sender"]["detsis"], letter["file_code"]) == ("61648174", "702.03")
    assert [file["title"] for file in letter["files"][1:]] == ["Ek 1", "Ek 2"]


def test_the_same_document_twice_is_one_letter() -> None:
    who = caller()
    first, second = who.deliver(V2.read_bytes()), who.deliver(V2.read_bytes())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert (first.json()["duplicate"], second.json()["duplicate"]) == (False, True)
    assert IncomingLetter.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"%PDF-1.7", 415, "eyp-not-a-zip"),
        (zipped({"a": b"x"}), 415, "eyp-not-a-package"),
        (V2.read_bytes()[:50_000], 422, "eyp-truncated"),
        (ENCRYPTED.read_bytes(), 422, "eyp-encrypted"),
        (changed(V2, "Ekler/dosya1.pdf", bytes.upper, summarise=False), 422, "eyp-bad-digest"),
        (zipped(parts_of(V2) | {"../x": b"x"}), 422, "eyp-path"),
        (
            changed(V2, UPPER, lambda text: text.replace(b"?>", b"?><!DOCTYPE a>", 1)),
            422,
            "eyp-forbidden-xml",
        ),
        (zipped(parts_of(V2) | {"Ekler/x": bytes(30_000_000)}), 413, "eyp-bomb"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_package_nobody_can_read_is_refused_and_kept(content: bytes, status: int, code: str) -> None:
    answer = caller().deliver(content, "bozuk.eyp")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    receipt = Receipt.objects.get(pk=problem["receipt"])
    assert (receipt.outcome, receipt.code) == (ReceiptOutcome.QUARANTINED, code)
    with files.open(receipt.file) as kept:
        assert kept.read() == content
    assert not IncomingLetter.objects.exists()


def test_the_reason_is_told_in_the_callers_language() -> None:
    who = caller()
    english = who.deliver(ENCRYPTED.read_bytes(), Accept_Language="en").json()["detail"]
    turkish = who.deliver(ENCRYPTED.read_bytes(), Accept_Language="tr").json()["detail"]
    assert english.startswith("The package is encrypted (.eyps).")
    assert turkish.startswith("Paket şifreli (.eyps).")


def test_a_letter_without_a_package_comes_as_json() -> None:
    sender = people.institution(detsis_no="11223344")
    answer = caller().post("incoming-letters/", with_file())
    letter = answer.json()
    assert answer.status_code == 201
    assert (letter["origin"], letter["subject"], letter["urgency"]) == ("api", "Ağ Bağlantı Arızası", "ACL")
    assert IncomingLetter.objects.get(pk=letter["id"]).sender == sender
    assert [(file["is_cover"], file["media_type"], file["size"]) for file in letter["files"]] == [
        (True, "application/pdf", len(PDF))
    ]


def test_a_letter_without_a_package_comes_as_a_form() -> None:
    answer = caller().form(
        "incoming-letters/",
        {"metadata": json.dumps(METADATA), "files": [upload(PDF, "yazi.pdf"), upload(PDF + b"\n", "ek.pdf")]},
    )
    assert answer.status_code == 201
    assert [file["is_cover"] for file in answer.json()["files"]] == [True, False]


def test_metadata_alone_is_enough() -> None:
    assert caller().post("incoming-letters/", METADATA).status_code == 201


def test_the_same_number_and_date_twice_is_refused() -> None:
    who = caller()
    who.post("incoming-letters/", METADATA)
    answer = who.post("incoming-letters/", METADATA)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["number"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 501}, "subject"),
        ({"subject": ["x"]}, "subject"),
        ({"date": "31.02.2026"}, "date"),
        ({"date": "0001-01-01"}, "date"),
        ({"date": 5}, "date"),
        ({"security": "OZL!"}, "security"),
        ({"security": "XXX"}, "security"),
        ({"document_id": "123"}, "document_id"),
        ({"document_id": 2**52}, "document_id"),
        ({"sender": None}, "sender"),
        ({"sender": {"name": "x", "detsis": "١٢٣٤٥٦٧٨"}}, "sender.detsis"),
        ({"sender": "x"}, "sender"),
        ({"references": [{"label": "a"}]}, "references.0.text"),
        ({"references": [{}] * 501}, "references"),
        ({"files": [{"name": "a.pdf", "content": "!!"}]}, "files.0.content"),
        ({"files": [{"name": "a.pdf", "content": ""}]}, "files.0.content"),
        ({"state": "filed"}, "state"),
        ({"is_superuser": True}, "is_superuser"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_wrong_metadata_is_named_field_by_field(change: dict[str, Any], field: str) -> None:
    answer = caller().post("incoming-letters/", with_file(**change))
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not IncomingLetter.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("yazi.pdf", b"MZ program", 415),
        ("yazi.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415),
        ("yazi.docx", parts_of(V2)["Ekler/dosya3.docx"], 422),
    ],
)
def test_a_file_that_does_not_belong_in_a_record_is_refused(name: str, content: bytes, status: int) -> None:
    answer = caller().post(
        "incoming-letters/", with_file(files=[{"name": name, "content": base64.b64encode(content).decode()}])
    )
    assert answer.status_code == status
    assert not IncomingLetter.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"package": "text"},
        {"metadata": "{"},
        {"metadata": json.dumps(METADATA), "other": "x"},
    ],
    ids=str,
)
def test_a_form_without_what_is_needed_is_refused(fields: dict[str, Any]) -> None:
    assert caller().form("incoming-letters/", fields).status_code in (400, 422)


def test_two_packages_at_once_are_refused() -> None:
    answer = caller().form("incoming-letters/", {"package": [upload(b"PK"), upload(b"PK")]})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["package"])


def test_an_upload_announced_too_large_is_refused_unread() -> None:
    who = caller()
    answer = who.client.post(
        "/api/v1/incoming-letters/",
        b"--x--",
        content_type="multipart/form-data; boundary=x",
        headers=who.headers,
        CONTENT_LENGTH=str(200 * 1024 * 1024),
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["application/xml", "text/plain", "application/eyazisma", ""])
def test_other_content_is_not_taken(kind: str) -> None:
    answer = caller().post("incoming-letters/", b"<x/>", kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "unknown-media")


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 300],
)
def test_a_broken_form_is_a_bad_request(kind: str) -> None:
    assert caller().post("incoming-letters/", b"--x\r\n", kind=kind).status_code in (400, 422)


def test_delivered_letters_are_listed_newest_first() -> None:
    who = caller()
    first, second = letters.incoming(), letters.incoming()
    page = who.get("incoming-letters/").json()
    assert [letter["id"] for letter in page["results"]] == [second.pk, first.pk]
    assert who.get("incoming-letters/?state=filed").json()["results"] == []


def test_one_letter_is_read_by_its_id() -> None:
    letter = letters.incoming()
    assert caller().get(f"incoming-letters/{letter.pk}/").json()["subject"] == letter.subject
    assert caller().get("incoming-letters/999999999999999999/").status_code == 404
    assert caller().get(f"incoming-letters/{2**64}/").status_code == 404


def test_a_draft_package_is_taken_for_what_it_is() -> None:
    answer = caller().deliver(draft())
    assert answer.status_code in (201, 422)
