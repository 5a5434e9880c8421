"""Where a deputy put a version into force, its page names both (Ek-5 5.4.4.4)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.services import rights
from security_docs.models import Document
from security_docs.services import versions
from tests.accounts.people import person, signed_in_client
from tests.security_docs.conftest import Team, approved

pytestmark = pytest.mark.django_db


def test_a_version_names_both_who_put_it_into_force(team: Team, document: Document) -> None:
    version = approved(team, document)
    deputy, today = person(first_name="Vedat", last_name="Vekil"), timezone.localdate()
    rights.delegate(team.lead, deputy, by=team.lead, valid_from=today, valid_until=today, reason="izin")

    versions.publish(version, by=deputy)

    page = signed_in_client(team.officer).get(version.get_absolute_url()).content.decode()
    assert page.count(f"{team.lead.full_name} adına") == 1
    assert page.index("Vedat Vekil") < page.index(f"{team.lead.full_name} adına")
