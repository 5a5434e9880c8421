"""Reading and signing: the exact version, every page seen, in force until the very moment, once a person."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Employee, User
from accounts.roles import Role
from accounts.services import staff
from processes.errors import NotPermitted, RuleBroken, StaleVersion, WrongState
from processes.models import InboxItem
from security_docs import readings
from security_docs.models import Document, Reading, Version, VersionState
from security_docs.services import documents, papers, versions
from tests.accounts.people import institution, person, signed_in_client
from tests.processes.records import pdf
from tests.security_docs.conftest import TEXT, Team, approved, assembled, entered, in_force
from tests.security_docs.test_api import program_of
from tests.security_docs.test_versions import upload_pdf

LONG = "\n\n".join(f"Madde {n}. " + "kural " * 200 for n in range(1, 5))


def reading_of(user: User, version: Version) -> Reading:
    return Reading.objects.get(user=user, version=version)


def read_through(reading: Reading, by: User) -> Reading:
    for page in range(1, reading.version.page_count + 1):
        reading = readings.see(reading, by=by, page=page)
    return reading


def signed(reading: Reading, by: User) -> Reading:
    return readings.sign(read_through(reading, by), by=by, sha256=reading.version.sha256, address="10.1.2.3")


def test_the_groups_are_asked_when_a_version_comes_into_force(team: Team, document: Document) -> None:
    version = in_force(team, document)

    assert set(version.readings.values_list("user__username", flat=True)) == {"reader"}
    assert InboxItem.objects.filter(user=team.reader, path="/readings/").count() == 1


def test_a_signature_names_the_content_the_time_and_the_address(team: Team, document: Document) -> None:
    version = in_force(team, document)

    reading = signed(reading_of(team.reader, version), team.reader)

    assert (reading.signed_hash, reading.signed_address) == (version.sha256, "10.1.2.3")
    assert reading.signed_at is not None


def test_every_page_is_seen_before_it_is_signed(team: Team, document: Document) -> None:
    version = in_force(team, document, LONG)
    reading = reading_of(team.reader, version)
    assert version.page_count > 2

    readings.see(reading, by=team.reader, page=2)

    with pytest.raises(RuleBroken, match="1, 3"):
        readings.sign(reading, by=team.reader, sha256=version.sha256, address=None)


def test_other_content_than_the_one_in_force_is_not_signed(team: Team, document: Document) -> None:
    version = in_force(team, document)
    reading = read_through(reading_of(team.reader, version), team.reader)

    with pytest.raises(StaleVersion):
        readings.sign(reading, by=team.reader, sha256="0" * 64, address=None)


def test_everybody_signs_for_themselves_and_once(team: Team, document: Document) -> None:
    version = in_force(team, document)
    reading = read_through(reading_of(team.reader, version), team.reader)

    with pytest.raises(NotPermitted):
        readings.sign(reading, by=team.lead, sha256=version.sha256, address=None)
    readings.sign(reading, by=team.reader, sha256=version.sha256, address=None)
    with pytest.raises(WrongState):
        readings.sign(reading, by=team.reader, sha256=version.sha256, address=None)


def test_a_retired_version_is_not_signed_and_the_sentence_says_what_to_read(
    team: Team, document: Document
) -> None:
    first = in_force(team, document)
    reading = read_through(reading_of(team.reader, first), team.reader)
    in_force(team, document, TEXT + "\n\nYeni madde.")

    with pytest.raises(WrongState, match=r"v1.*2"):
        readings.sign(reading, by=team.reader, sha256=first.sha256, address=None)


def test_a_new_version_is_signed_again_by_those_who_signed_before(team: Team, document: Document) -> None:
    first = in_force(team, document)
    signed(reading_of(team.reader, first), team.reader)

    second = in_force(team, document, TEXT + "\n\nYeni madde.")

    assert reading_of(team.reader, second).signed_at is None
    assert reading_of(team.reader, first).signed_at is not None


def test_a_signature_never_changes_even_by_hand(team: Team, document: Document) -> None:
    version = in_force(team, document)
    reading = signed(reading_of(team.reader, version), team.reader)

    for values in ({"signed_hash": "0" * 64}, {"signed_at": None, "signed_hash": "", "signed_address": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Reading.objects.filter(pk=reading.pk).update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).delete()


def test_the_database_refuses_a_signature_under_a_draft(team: Team, document: Document) -> None:
    version = approved(team, document)
    reading = Reading.objects.create(version=version, user=team.reader)

    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(signed_at=timezone.now(), signed_hash=version.sha256)


def test_only_the_undecided_are_reminded(team: Team, document: Document) -> None:
    other = person("requesting_staff", institution=team.hospital)
    version = in_force(team, document)
    signed(reading_of(team.reader, version), team.reader)
    InboxItem.objects.all().delete()
    later = timezone.now() + timedelta(days=4)

    counts = [readings.remind(later), readings.remind(later), readings.remind(later + timedelta(days=7))]

    assert counts == [{"reminded": 1}, {"reminded": 0}, {"reminded": 1}]
    assert set(InboxItem.objects.values_list("user", flat=True)) == {other.pk}


def test_those_who_come_later_are_asked_and_those_who_leave_are_not_expected(
    team: Team, document: Document
) -> None:
    version = in_force(team, document)
    person("requesting_staff", username="newcomer", institution=team.hospital)
    User.objects.filter(pk=team.reader.pk).update(is_active=False)

    counts = readings.keep_up(timezone.now())

    assert counts == {"asked": 1, "ended": 1}
    assert [one.user.username for one in Reading.objects.undecided() if one.user] == ["newcomer"]
    assert version.readings.count() == 2


def test_a_group_added_later_is_asked_for_the_version_in_force(team: Team, document: Document) -> None:
    version = in_force(team, document)

    group = documents.add_readers(
        document, by=team.officer, kind="institution", institution=team.outsider.institution
    )
    assert reading_of(team.outsider, version).ended_at is None
    documents.remove_readers(group, by=team.officer)

    assert reading_of(team.outsider, version).ended_at is not None


def test_staff_without_an_account_are_asked_too(team: Team, document: Document) -> None:
    staff.register(
        by=team.lead, first_name="Fatma", last_name="Kaya", institution=team.hospital, registry_no="P1"
    )

    version = in_force(team, document)

    assert version.readings.filter(employee__isnull=False).count() == 1


def test_who_signed_on_paper_is_not_asked_again_when_an_account_is_opened(
    team: Team, document: Document
) -> None:
    who = staff.register(
        by=team.lead, first_name="Fatma", last_name="Kaya", institution=team.hospital, registry_no="P1"
    )
    version = in_force(team, document)
    paper = papers.print_list(version, team.hospital, by=team.officer)
    papers.enter(
        paper,
        by=team.officer,
        scan=SimpleUploadedFile("liste.pdf", pdf()),
        signed_on=timezone.localdate(),
        ticked=[version.readings.get(employee=who).pk],
    )
    account = person(Role.REQUESTING_STAFF, institution=team.hospital)
    other = person(Role.REQUESTING_STAFF, institution=team.hospital)
    Employee.objects.filter(pk=who.pk).update(user=account)

    readings.keep_up(timezone.now())

    assert not version.readings.filter(user=account).exists()
    assert version.readings.filter(user=other, ended_at__isnull=True).exists()
    assert version.readings.get(employee=who).signed_at is not None


def test_five_hundred_are_asked_in_a_fixed_number_of_statements(
    team: Team, django_assert_max_num_queries: object
) -> None:
    place = institution()
    User.objects.bulk_create(
        User(username=f"okur{n}", first_name="A", last_name=f"B{n}", institution=place) for n in range(500)
    )
    document = entered(team)
    documents.add_readers(document, by=team.officer, kind="institution", institution=place)
    version = approved(team, document)

    with django_assert_max_num_queries(40):  # type: ignore[operator]
        versions.publish(version, by=team.lead)

    assert version.readings.count() == 500


@pytest.mark.parametrize("publisher_first", [True, False])
def test_publishing_and_signing_at_the_same_moment_never_leaves_a_signature_under_what_is_retired(
    transactional_db: None, publisher_first: bool
) -> None:
    with transaction.atomic():
        team = assembled()
        document = entered(team)
        documents.add_readers(document, by=team.officer, kind="institution", institution=team.hospital)
        first = in_force(team, document)
        reading = read_through(reading_of(team.reader, first), team.reader)
        second = approved(team, document, TEXT + "\n\nYeni madde.")
    holds, told = threading.Event(), []

    def late() -> None:
        """The other side, on a connection of its own, while the first holds its locks."""
        holds.wait(20)
        try:
            if publisher_first:
                readings.sign(
                    Reading.objects.get(pk=reading.pk),
                    by=User.objects.get(pk=team.reader.pk),
                    sha256=first.sha256,
                    address=None,
                )
            else:
                versions.publish(Version.objects.get(pk=second.pk), by=User.objects.get(pk=team.lead.pk))
            told.append("done")
        except WrongState as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    other = threading.Thread(target=late)
    other.start()
    with transaction.atomic():
        if publisher_first:
            versions.publish(second, by=team.lead)
        else:
            readings.sign(reading, by=team.reader, sha256=first.sha256, address=None)
        holds.set()
        other.join(1.5)
        assert other.is_alive(), "the other waits for the lock"
    other.join(20)

    reading.refresh_from_db()
    first.refresh_from_db()
    assert first.state == VersionState.RETIRED
    if publisher_first:
        assert "v1" in told[0]
        assert reading.signed_at is None
    else:
        assert told == ["done"]
        assert reading.signed_at is not None
        assert first.retired_at is not None
        assert reading.signed_at <= first.retired_at


@pytest.fixture
def scanned(team: Team, document: Document) -> Reading:
    """A reading of a PDF whose one page is a picture."""
    version = versions.begin(
        document, by=team.officer, change_note="Tarama.", upload=SimpleUploadedFile("tarama.pdf", pdf())
    )
    version = versions.submit(version, by=team.officer, approvers=[team.head])
    versions.publish(versions.agree(version, by=team.head, sha256=version.sha256), by=team.lead)
    return Reading.objects.get(user=team.reader)


def test_a_page_that_is_a_picture_counts_only_once_it_was_opened(team: Team, scanned: Reading) -> None:
    client, base = signed_in_client(team.reader), f"/readings/{scanned.pk}/1/"

    unopened = client.post(base)
    client.head(f"{base}pdf/")
    only_asked = client.post(base)
    opened = client.get(f"{base}pdf/")
    seen = client.post(base)

    assert [one.status_code for one in (unopened, only_asked, opened, seen)] == [422, 422, 200, 302]
    assert "PDF olarak açın" in unopened.content.decode()
    scanned.refresh_from_db()
    assert (scanned.pages_opened, scanned.pages_seen) == ([1], [1])


def test_the_whole_document_opened_is_every_page_opened(team: Team, scanned: Reading) -> None:
    client = signed_in_client(team.reader)
    client.get(f"/documents/{scanned.version.document_id}/v1/pdf/")

    assert readings.see(scanned, by=team.reader, page=1).pages_seen == [1]


def test_what_another_opens_is_not_opened_by_the_reader(team: Team, scanned: Reading) -> None:
    signed_in_client(team.lead).get(f"/documents/{scanned.version.document_id}/v1/pdf/")
    readings.opened(scanned.version, by=team.lead)

    with pytest.raises(RuleBroken):
        readings.see(scanned, by=team.reader, page=1)


def test_over_the_api_a_picture_is_fetched_before_it_counts(team: Team, scanned: Reading) -> None:
    program = program_of(team.reader)
    base = f"security-readings/{scanned.pk}/pages/1/"

    told, refused = program.get(base).json(), program.post(base)
    paper, seen = program.get(f"{base}pdf/"), program.post(base)

    assert (told["to_be_opened"], refused.status_code) == (True, 422)
    assert (paper.status_code, paper.content[:4]) == (200, b"%PDF")
    assert (seen.status_code, seen.json()["to_be_opened"]) == (200, False)
    assert program_of(team.outsider).get(f"{base}pdf/").status_code == 404


def test_a_page_of_words_needs_no_opening(team: Team, document: Document) -> None:
    version = versions.begin(document, by=team.officer, change_note="Dosya.", upload=upload_pdf(1))
    version = versions.submit(version, by=team.officer, approvers=[team.head])
    versions.publish(versions.agree(version, by=team.head, sha256=version.sha256), by=team.lead)
    reading = reading_of(team.reader, version)

    assert readings.see(reading, by=team.reader, page=1).pages_seen == [1]
