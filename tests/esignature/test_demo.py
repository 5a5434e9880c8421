"""The invented requests and certificates of the trial run: every state, the same at each start."""

from __future__ import annotations

from django.utils import timezone

from accounts.demo import build_people
from ebys.reference import load_templates
from esignature.demo import build
from esignature.models import Batch, Certificate, CertificateState, Request, State
from tests.processes.sheets import load


def test_the_demo_shows_every_state(db: None) -> None:
    load()
    load_templates()
    build_people()

    build(30, timezone.now())

    assert set(Request.objects.values_list("state", flat=True)) == set(State.values) - {State.WRITTEN}
    assert set(Certificate.objects.values_list("state", flat=True)) >= set(CertificateState.values) - {
        CertificateState.REPLACED
    }
    assert set(Batch.objects.values_list("state", flat=True)) == {"drafted", "posted"}
    today = timezone.localdate()
    assert Certificate.objects.filter(state="active", valid_until__gte=today).count() >= 8
