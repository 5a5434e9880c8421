"""Every way a package can be wrong has its own refusal."""

from __future__ import annotations

import random
import struct
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from ebys.eyp import errors, read
from ebys.eyp.container import Limits
from ebys.eyp.errors import EypError
from processes.errors import DomainError
from tests.ebys.eyp.packages import (
    ENCRYPTED,
    FINAL_SUMMARY,
    PACKAGE_SUMMARY,
    UPPER,
    V1,
    V2,
    changed,
    draft,
    parts_of,
    summarised,
    zipped,
)

DTD = b'<!DOCTYPE UstVeri [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>'


def refusal(content: bytes, **limits: int) -> DomainError:
    with pytest.raises(EypError) as caught:
        read(content, limits=Limits(**limits))
    return caught.value


def with_part(name: str, content: bytes = b"x") -> bytes:
    return zipped(parts_of(V2) | {name: content})


def without(name: str, sample: object = V2) -> bytes:
    parts = parts_of(sample)  # type: ignore[arg-type]
    del parts[name]
    return zipped(parts)


def after_declaration(insert: bytes) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(b"?>", b"?>" + insert, 1)


def symlinked() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts_of(V2).items():
            archive.writestr(zipfile.ZipInfo(name), content)
        link = zipfile.ZipInfo("Ekler/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return target.getvalue()


def password_protected() -> bytes:
    content = bytearray(V2.read_bytes())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, directory + 8, 1)
    struct.pack_into("<H", content, 6, 1)
    return bytes(content)


def core_category(category: bytes) -> bytes:
    [core] = [name for name in parts_of(V2) if name.endswith(".psmdcp")]
    return changed(V2, core, lambda text: text.replace(b">RESMIYAZISMA<", b">" + category + b"<"))


CASES: list[tuple[str, type[EypError], Callable[[], bytes]]] = [
    ("encrypted .eyps", errors.Encrypted, ENCRYPTED.read_bytes),
    ("encrypted by category", errors.Encrypted, lambda: core_category(b"RESMIYAZISMA/SIFRELI")),
    ("update .eypg", errors.UpdatePackage, lambda: core_category(b"RESMIYAZISMA/GUNCELLEME")),
    ("empty file", errors.NotAZip, lambda: b""),
    ("a PDF", errors.NotAZip, lambda: b"%PDF-1.7\n"),
    ("PDF before the ZIP", errors.NotAZip, lambda: b"%PDF-1.7\n" + V2.read_bytes()),
    ("ZIP before the ZIP", errors.NotAZip, lambda: zipped({"a": b"x"}) + V2.read_bytes()),
    ("empty ZIP", errors.NotAPackage, lambda: zipped({})),
    ("plain ZIP", errors.NotAPackage, lambda: zipped({"a.txt": b"x"})),
    ("half a package", errors.Truncated, lambda: V2.read_bytes()[:60_000]),
    (
        "digest differs",
        errors.BadDigest,
        lambda: changed(V2, "Ekler/dosya1.pdf", bytes.upper, summarise=False),
    ),
    (
        "subject changed",
        errors.BadDigest,
        lambda: changed(V1, UPPER, lambda text: text.replace(b"Olustur", b"Degistir"), summarise=False),
    ),
    (
        "only the final summary differs",
        errors.BadDigest,
        lambda: changed(V2, "Imzalar/ImzaCades.imz", lambda _old: b"999", summarise=False),
    ),
    (
        "digest of unknown methods",
        errors.WeakDigest,
        lambda: changed(V2, PACKAGE_SUMMARY, lambda text: text.replace(b"#sha", b"#md"), summarise=False),
    ),
    (
        "no digest at all",
        errors.WeakDigest,
        lambda: changed(V2, PACKAGE_SUMMARY, lambda text: text.replace(b"DigestItem", b"Nothing")),
    ),
    ("path upwards", errors.PathTraversal, lambda: with_part("../../etc/cron.d/x")),
    ("encoded path upwards", errors.PathTraversal, lambda: with_part("Ekler/%2e%2e/%2e%2e/x")),
    ("absolute path", errors.PathTraversal, lambda: with_part("/etc/x")),
    ("drive letter", errors.PathTraversal, lambda: with_part("C:\\x")),
    ("symbolic link", errors.PathTraversal, symlinked),
    (
        "relationship upwards",
        errors.PathTraversal,
        lambda: changed(V2, "_rels/.rels", lambda text: text.replace(b"/UstYazi/", b"/../../UstYazi/")),
    ),
    (
        "relationship outside",
        errors.PathTraversal,
        lambda: changed(
            V2,
            "_rels/.rels",
            lambda text: text.replace(b'Id="IdUstYazi"', b'TargetMode="External" Id="IdUstYazi"'),
        ),
    ),
    ("DTD", errors.ForbiddenXml, lambda: changed(V2, UPPER, after_declaration(DTD))),
    ("entities", errors.ForbiddenXml, lambda: changed(V2, UPPER, after_declaration(LAUGHS))),
    (
        "DTD in the relationships",
        errors.ForbiddenXml,
        lambda: changed(V2, "_rels/.rels", after_declaration(DTD)),
    ),
    (
        "DTD in a part nobody needs",
        errors.ForbiddenXml,
        lambda: changed(V1, "BelgeHedef/BelgeHedef.xml", after_declaration(DTD)),
    ),
    ("XML broken off", errors.BrokenXml, lambda: changed(V2, UPPER, lambda text: text[:-20])),
    (
        "unknown encoding",
        errors.BrokenXml,
        lambda: changed(V2, UPPER, lambda text: text[3:].replace(b"utf-8", b"latin-99")),
    ),
    ("bomb of one part", errors.ZipBomb, lambda: with_part("Ekler/x.bin", bytes(30_000_000))),
    ("bomb of many parts", errors.ZipBomb, lambda: zipped({f"Ekler/{n}": b"" for n in range(1001)})),
    ("password", errors.PasswordProtected, password_protected),
    ("Üstveri missing", errors.MissingPart, lambda: without(UPPER)),
    ("üst yazı missing", errors.MissingPart, lambda: without("UstYazi/ustyazi.pdf")),
    ("attachment missing", errors.MissingPart, lambda: without("ImzasizEkler/dosya_imzasiz.docm")),
    ("package summary missing", errors.MissingPart, lambda: without(PACKAGE_SUMMARY)),
    ("final summary missing", errors.MissingPart, lambda: without(FINAL_SUMMARY)),
    ("signature missing", errors.MissingPart, lambda: without("Imzalar/ImzaCades.imz")),
    ("final metadata missing", errors.MissingPart, lambda: without("NihaiUstveri/NihaiUstveri.xml")),
    (
        "version 3",
        errors.UnknownVersion,
        lambda: changed(V2, UPPER, lambda text: text.replace(b"xsd:Ustveri-2", b"xsd:Ustveri-3")),
    ),
    (
        "another root",
        errors.UnknownVersion,
        lambda: changed(V2, UPPER, lambda text: text.replace(b"UstVeri", b"AltVeri")),
    ),
    (
        "same part twice",
        errors.DuplicatePart,
        lambda: zipped([*parts_of(V2).items(), ("USTYAZI/USTYAZI.PDF", b"%PDF-1.7 another")]),
    ),
    (
        "two covers",
        errors.DuplicatePart,
        lambda: changed(
            V2,
            "_rels/.rels",
            lambda text: text.replace(b'iliskiler/ek" Target', b'iliskiler/ustyazi" Target', 1),
        ),
    ),
    (
        "cover is no PDF",
        errors.CoverNotPdf,
        lambda: changed(V2, "UstYazi/ustyazi.pdf", lambda _old: b"<html>"),
    ),
    (
        "another letter's summary",
        errors.IdentityMismatch,
        lambda: changed(V2, PACKAGE_SUMMARY, lambda text: text.replace(b'Id="4F9E', b'Id="0000')),
    ),
    (
        "another letter's core",
        errors.IdentityMismatch,
        lambda: changed(V1, core_name(), lambda text: text.replace(b">737B", b">0000")),
    ),
    (
        "no subject",
        errors.BadMetadata,
        lambda: changed(V1, UPPER, lambda text: text.replace(b"Olustur Versiyon 1X", b" ")),
    ),
    (
        "unknown code",
        errors.BadMetadata,
        lambda: changed(V2, UPPER, lambda text: text.replace(b">ACL<", b">XXX<")),
    ),
    (
        "impossible date",
        errors.BadMetadata,
        lambda: changed(V1, UPPER, lambda text: text.replace(b"2021-02-15", b"2021-02-30")),
    ),
    (
        "date at the end of time",
        errors.BadMetadata,
        lambda: changed(V1, UPPER, lambda text: text.replace(b"2021-02-15T09", b"9999-12-31T23")),
    ),
    (
        "signed without number",
        errors.BadMetadata,
        lambda: changed(V1, UPPER, lambda text: text.replace(b"E-24312041-702.03-1", b"")),
    ),
    (
        "endless subject",
        errors.BadMetadata,
        lambda: changed(V1, UPPER, lambda text: text.replace(b"Olustur", b"O" * 5000)),
    ),
]


def core_name() -> str:
    return next(name for name in parts_of(V1) if name.endswith(".psmdcp"))


@pytest.mark.parametrize(("expected", "make"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_fault_has_its_own_refusal(expected: type[EypError], make: Callable[[], bytes]) -> None:
    assert type(refusal(make())) is expected


def test_the_update_relationship_alone_is_enough() -> None:
    content = changed(
        V2, "_rels/.rels", lambda text: text.replace(b"iliskiler/parafozeti", b"iliskiler/guncellemebilgisi")
    )
    assert type(refusal(content)) is errors.UpdatePackage


def test_a_package_larger_than_allowed_is_refused_unread() -> None:
    assert type(refusal(V2.read_bytes(), package=1024)) is errors.PackageTooLarge


def test_the_door_answers_with_the_right_status() -> None:
    statuses = {error.code: error.status for error in leaves(EypError)}
    assert {code for code, status in statuses.items() if status == 413} == {"eyp-too-large", "eyp-bomb"}
    assert {code for code, status in statuses.items() if status == 415} == {
        "eyp-not-a-zip",
        "eyp-not-a-package",
    }
    assert set(statuses.values()) == {413, 415, 422}


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [error.code for error in leaves(EypError)]
    assert len(codes) == len(set(codes)) == 19


@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_sentence_names_what_is_wrong(language: str) -> None:
    with override(language):
        assert "/Ekler/dosya1.pdf" in str(
            refusal(changed(V2, "Ekler/dosya1.pdf", bytes.upper, summarise=False))
        )


def leaves(of: type[EypError]) -> list[type[EypError]]:
    return of.__subclasses__()


@pytest.mark.parametrize("sample", [V1, V2])
def test_a_package_broken_off_anywhere_is_refused(sample: object) -> None:
    content = sample.read_bytes()  # type: ignore[attr-defined]
    for length in range(0, len(content), 499):
        assert isinstance(refusal(content[:length]), EypError)


def test_a_package_with_any_byte_changed_is_refused_or_read() -> None:
    content = V1.read_bytes()
    chance = random.Random(20261122)
    for _try in range(400):
        broken = bytearray(content)
        for _change in range(chance.randint(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            assert read(bytes(broken)).document_id
        except EypError as error:
            assert error.code  # noqa: PT017 - either outcome is right; anything else fails the test


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([UPPER, "_rels/.rels", PACKAGE_SUMMARY, "NihaiUstveri/NihaiUstveri.xml"]),
    st.integers(0, 8000),
)
def test_any_bytes_inside_any_part_are_refused_or_read(noise: bytes, name: str, place: int) -> None:
    parts = parts_of(V2)
    parts[name] = parts[name][:place] + noise + parts[name][place + len(noise) :]
    try:
        assert read(zipped(summarised(parts))).document_id
    except EypError as error:
        assert str(error)  # noqa: PT017 - either outcome is right; anything else fails the test


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_at_all_raise_anything_else(noise: bytes) -> None:
    for content in (noise, b"PK\x03\x04" + noise):
        assert isinstance(refusal(content), EypError)


@pytest.mark.parametrize(
    "make",
    [
        lambda: with_part("Ekler/x.bin", bytes(100_000_000)),
        lambda: changed(V2, PACKAGE_SUMMARY, repeated_references),
        lambda: changed(V2, UPPER, lambda text: text.replace(b"<Konu", b"<a>" * 100_000 + b"<Konu", 1)),
    ],
    ids=["zip bomb", "20,000 digests of one part", "100,000 levels"],
)
def test_an_expensive_package_is_answered_quickly(make: Callable[[], bytes]) -> None:
    content = make()
    begun = time.monotonic()
    try:
        assert read(content).document_id
    except EypError as error:
        assert str(error)  # noqa: PT017 - what counts is the time
    assert time.monotonic() - begun < 3


def repeated_references(text: bytes) -> bytes:
    start, end = text.index(b"<Reference"), text.index(b"</Reference>") + len(b"</Reference>")
    return text.replace(b"</PaketOzeti>", text[start:end] * 5000 + b"</PaketOzeti>")


def test_a_draft_is_read_as_a_draft() -> None:
    assert read(draft()).is_draft
