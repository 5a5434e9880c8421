"""Bytes are kept once, whole and unchanged; a case's files are added, revised and withdrawn, never lost."""

from __future__ import annotations

import io
import resource
import signal
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.queries import entries_of
from processes import files
from processes.errors import NotFound, NotPermitted, RuleBroken, TooLarge, UnknownMedia, WrongState
from processes.models import Document, DocumentKind, InboxItem, StoredFile
from processes.services import files as case_files
from tests.processes.records import desk, docx, on_the_desk_of, pdf, png, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def store(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def kept(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def test_put_keeps_the_bytes_under_their_hash_for_the_office_only(store):
    stored = files.put(pdf())
    path = files.path_of(stored.sha256)
    assert kept(store) == [path]
    assert path.read_bytes() == pdf()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert (stored.size, stored.media_type, stored.is_inert) == (len(pdf()), "application/pdf", True)
    assert files.verify(stored)


def test_put_keeps_the_same_bytes_once(store):
    assert files.put(b"bir") == files.put(io.BytesIO(b"bir"))
    assert len(kept(store)) == StoredFile.objects.count() == 1


def test_put_keeps_what_would_be_refused_but_never_shows_it():
    stored = files.put(pdf(action="Launch"))
    assert (stored.media_type, stored.is_inert) == ("application/pdf", False)
    assert files.put(b"\0\1").media_type == "application/octet-stream"


def test_put_stops_at_the_limit_and_leaves_nothing(store):
    with pytest.raises(TooLarge):
        files.put(io.BytesIO(b"x" * 2_000_000), limit=1_000_000)
    assert kept(store) == []
    assert not StoredFile.objects.exists()


def test_put_on_a_full_disk_says_so_and_leaves_nothing(store, around):
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(files.StoreUnavailable) as refusal:
            case_files.attach(around.ticket, around.officer, upload(pdf() + b"\n" * 4000 + b"%%EOF"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert refusal.value.status == 503
    assert kept(store) == []
    assert not Document.objects.exists()


def test_verify_finds_changed_and_missing_bytes(store):
    changed, missing, sound = files.put(b"bir"), files.put(b"iki"), files.put(b"dort")
    files.path_of(changed.sha256).write_bytes(b"BIR")
    files.path_of(missing.sha256).unlink()
    assert not files.verify(changed)
    assert not files.verify(missing)
    found = files.verify_all()
    assert (found.checked, found.changed, found.missing) == (3, [changed.sha256], [missing.sha256])
    with pytest.raises(CommandError, match="1 missing, 1 changed"):
        call_command("files", "verify")
    assert files.verify(sound)


def test_verify_command_says_that_all_is_well(capsys):
    files.put(b"bir")
    call_command("files", "verify")
    assert "1 files checked: 0 missing, 0 changed, 0 not spoken of" in capsys.readouterr().out


def test_open_of_missing_bytes_says_so():
    stored = files.put(b"bir")
    files.path_of(stored.sha256).unlink()
    with pytest.raises(files.StoreUnavailable, match="missing"):
        files.open(stored)


def test_reap_clears_only_old_bytes_no_row_speaks_of(store):
    wanted = files.put(b"bir")
    with transaction.atomic():
        lost = files.put(b"iki")
        transaction.set_rollback(True)
    assert files.verify_all().unclaimed == [lost.sha256]
    assert files.reap() == 0
    assert files.reap(now=timezone.now() + timedelta(days=2)) == 1
    assert [path.name for path in kept(store)] == [wanted.sha256]


def test_attach_adds_a_document_and_tells_the_trail(around):
    document = case_files.attach(around.ticket, around.officer, upload(pdf(), "Ağ raporu.pdf"))
    revision = document.revisions.get()
    assert (document.title, document.kind, document.is_internal) == ("Ağ raporu.pdf", "attachment", False)
    assert (revision.number, revision.file_name, revision.file.size) == (1, "Ağ raporu.pdf", len(pdf()))
    assert [(entry.event, entry.step) for entry in entries_of(document)] == [("created", "attach")]


def test_attach_by_the_applicant_is_never_internal_and_tells_who_works_on_it(around):
    ticket = on_the_desk_of(around.ticket, around.officer)
    document = case_files.attach(ticket, around.applicant, upload(png(), "ekran.png"), internal=True)
    assert not document.is_internal
    told = InboxItem.objects.get(user=around.officer)
    assert (told.text, told.values) == ("A file was added to %(number)s.", {"number": ticket.number})


def test_attach_by_a_stranger_is_refused_as_if_the_case_did_not_exist(around, store):
    with pytest.raises(NotFound):
        case_files.attach(around.ticket, around.stranger, upload(pdf()))
    assert kept(store) == []


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"MZ" + b"\0" * 99, "rapor.pdf", UnknownMedia),
        (pdf(action="JavaScript"), "rapor.pdf", RuleBroken),
        (b"", "rapor.pdf", RuleBroken),
        (b"x" * (files.LARGEST + 1), "not.txt", TooLarge),
    ],
)
def test_attach_of_what_is_not_accepted_keeps_nothing(around, store, content, name, refusal):
    with pytest.raises(refusal):
        case_files.attach(around.ticket, around.officer, upload(content, name))
    assert kept(store) == []
    assert not Document.objects.exists()


def test_attach_of_the_same_content_again_names_where_it_is(around):
    case_files.attach(around.ticket, around.officer, upload(pdf()), title="Rapor")
    with pytest.raises(RuleBroken, match="on the case already, as “Rapor”"):
        case_files.attach(around.ticket, around.officer, upload(pdf(), "başka ad.pdf"))


def test_attach_tells_the_applicant_nothing_of_internal_files(around):
    case_files.attach(around.ticket, around.officer, upload(pdf()), internal=True)
    assert case_files.attach(around.ticket, around.applicant, upload(pdf())).title == "rapor.pdf"


def test_attach_to_a_closed_case_is_for_the_unit_only(around):
    from helpdesk import workflow

    closed = workflow.withdraw(around.ticket, by=around.applicant, reason="Düzeldi.")
    with pytest.raises(WrongState):
        case_files.attach(closed, around.applicant, upload(pdf()))
    assert case_files.attach(closed, around.officer, upload(pdf()), kind=DocumentKind.EVIDENCE).pk


def test_revise_keeps_the_earlier_versions(around):
    document = case_files.attach(around.ticket, around.applicant, upload(pdf(text="1")))
    revision = case_files.revise(document, around.applicant, upload(pdf(text="2"), "yeni.pdf"))
    assert (revision.number, revision.earlier) == (2, range(1, 2))
    assert list(document.revisions.values_list("number", "file_name")) == [(1, "rapor.pdf"), (2, "yeni.pdf")]


def test_revise_refuses_the_same_content_another_kind_and_another_person(around):
    document = case_files.attach(around.ticket, around.officer, upload(pdf()))
    with pytest.raises(RuleBroken, match="same as the newest"):
        case_files.revise(document, around.officer, upload(pdf()))
    with pytest.raises(RuleBroken, match="same kind"):
        case_files.revise(document, around.officer, upload(docx(), "a.docx"))
    with pytest.raises(NotPermitted):
        case_files.revise(document, around.applicant, upload(pdf(text="2")))


def test_withdraw_keeps_the_file_listed_and_opens_it_to_the_unit_head_only(around):
    document = case_files.attach(around.ticket, around.applicant, upload(pdf()))
    withdrawn = case_files.withdraw(document, around.applicant, "Yanlış dosya.")
    assert (withdrawn.withdrawn_by, withdrawn.withdrawn_reason) == (around.applicant, "Yanlış dosya.")
    assert list(case_files.documents_for(around.ticket, around.applicant)) == [document]
    for person in (around.applicant, around.officer):
        with pytest.raises(NotPermitted, match="Yanlış dosya"):
            case_files.revision_for(person, document.pk, 1)
    assert case_files.revision_for(around.head, document.pk, 1).number == 1


def test_withdraw_needs_a_reason_and_happens_once(around):
    document = case_files.attach(around.ticket, around.officer, upload(pdf()))
    with pytest.raises(RuleBroken):
        case_files.withdraw(document, around.officer, "  ")
    case_files.withdraw(document, around.officer, "Eski.")
    with pytest.raises(WrongState):
        case_files.withdraw(document, around.officer, "Yine.")
    with pytest.raises(WrongState):
        case_files.revise(document, around.officer, upload(pdf(text="2")))


def test_internal_and_other_peoples_files_do_not_exist_for_others(around):
    internal = case_files.attach(around.ticket, around.officer, upload(pdf()), internal=True)
    shared = case_files.attach(around.ticket, around.officer, upload(png(), "a.png"))
    assert list(case_files.documents_for(around.ticket, around.applicant)) == [shared]
    for person, document in (
        (around.applicant, internal),
        (around.stranger, internal),
        (around.stranger, shared),
    ):
        with pytest.raises(NotFound):
            case_files.revision_for(person, document.pk, 1)
    with pytest.raises(NotFound):
        case_files.revision_for(around.officer, shared.pk, 2)


@pytest.mark.django_db(transaction=True)
def test_two_people_storing_the_same_bytes_at_once_keep_one(store):
    def put() -> None:
        try:
            results.append(files.put(b"z" * 500_000).pk)
        finally:
            connection.close()

    results: list[int] = []
    threads = [threading.Thread(target=put) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len(set(results)) == len(kept(store)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_adds_one_file(store):
    def click() -> None:
        try:
            case_files.attach(around.ticket, around.officer, upload(pdf()))
        except RuleBroken as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    with transaction.atomic():
        around = desk()
    refused: list[RuleBroken] = []
    clicks = [threading.Thread(target=click) for _number in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(refused) == 3
    assert Document.objects.count() == 1


def test_names_and_titles_lose_what_nobody_sees(around):
    document = case_files.attach(
        around.ticket, around.officer, upload(pdf(), "rapor\u202efdp.exe.pdf"), title="Ağ\0 raporu\r\n2"
    )
    assert document.title == "Ağ raporu 2"
    assert document.revisions.get().file_name == "raporfdp.exe.pdf"
