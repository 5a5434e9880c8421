"""The unit head's pages for templates, service accounts, keys and webhooks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.queries import entries_of
from ebys.models import ApiKey, LetterTemplate, Scope, ServiceAccount, WebhookEndpoint
from ebys.services import keys
from processes.models import Subprocess
from tests.accounts import people
from tests.accounts.people import signed_in_client
from tests.processes import sheets

pytestmark = pytest.mark.django_db


@pytest.fixture
def head() -> User:
    """The unit head."""
    return people.person(Role.UNIT_HEAD)


@pytest.fixture
def admin(head: User) -> Client:
    """The unit head's browser."""
    return signed_in_client(head)


@pytest.fixture
def account() -> ServiceAccount:
    """EBYS as a service account."""
    return ServiceAccount.objects.create(name="EBYS", acts_as=people.person(Role.HIS_OFFICER))


def template_form(**changes: object) -> dict[str, object]:
    """A template as the page sends it."""
    return {
        "name": "Bildirim",
        "subprocess": Subprocess.objects.get(number="5.3.6").pk,
        "subject": "Bilişim Altyapısı",
        "body": "{basvuru_no} sonuçlandı.",
        "addressee": "applicant",
        "security": "YOK",
        "urgency": "NRM",
        "is_active": "on",
        **changes,
    }


def test_a_template_is_added_with_its_addressees_on_the_trail(admin: Client) -> None:
    sheets.load()
    hospital = people.institution()
    form = template_form(addressee="fixed", action_recipients=[hospital.pk])
    admin.post(reverse("admin:ebys_lettertemplate_add"), form)
    template = LetterTemplate.objects.get()
    assert list(template.action_recipients.all()) == [hospital]
    assert hospital.name in str([entry.changes for entry in entries_of(template)])


def test_an_unknown_placeholder_is_refused_on_the_page(admin: Client) -> None:
    sheets.load()
    answer = admin.post(reverse("admin:ebys_lettertemplate_add"), template_form(body="{sifre}"))
    assert "sifre" in answer.content.decode()
    assert not LetterTemplate.objects.exists()


def test_a_key_is_shown_once_and_opens_the_account(
    admin: Client, head: User, account: ServiceAccount
) -> None:
    until = timezone.localtime() + timedelta(days=30)
    answer = admin.post(
        reverse("admin:ebys_apikey_add"),
        {
            "account": account.pk,
            "name": "EBYS üretim",
            "scopes": [Scope.OUTGOING_READ, Scope.OUTGOING_REGISTER],
            "expires_at_0": until.strftime("%Y-%m-%d"),
            "expires_at_1": until.strftime("%H:%M:%S"),
        },
        follow=True,
    )
    key = ApiKey.objects.get()
    page = answer.content.decode()
    text = next(word for word in page.replace("<", " ").split() if word.startswith(f"sbs_{key.prefix}_"))
    assert keys.find(text) == key
    assert (key.made_by, key.scopes) == (head, [Scope.OUTGOING_READ, Scope.OUTGOING_REGISTER])
    again = admin.get(reverse("admin:ebys_apikey_change", args=(key.pk,))).content.decode()
    assert text not in again


def test_a_key_is_revoked_with_a_reason(admin: Client, account: ServiceAccount) -> None:
    key, text = keys.issue(
        account,
        by=None,
        name="a",
        scopes=[Scope.CASES_READ],
        expires_at=timezone.now() + timedelta(days=3),
    )
    address = reverse("admin:ebys_apikey_revoke", args=(key.pk,))
    assert admin.post(address, {"reason": ""}).status_code == 422
    admin.post(address, {"reason": "Anahtar değişimi"})
    assert keys.find(text) is None
    assert "Anahtar değişimi" in [entry.reason for entry in entries_of(key)]


def test_a_webhook_outside_the_allow_list_is_refused(admin: Client, account: ServiceAccount) -> None:
    answer = admin.post(
        reverse("admin:ebys_webhookendpoint_add"),
        {"account": account.pk, "url": "https://169.254.169.254/latest", "events": ["letter.ready"]},
    )
    assert answer.status_code == 200
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("model", ["lettertemplate", "serviceaccount", "apikey", "webhookendpoint"])
def test_only_the_unit_head_opens_these_pages(model: str, admin: Client) -> None:
    for page in ("changelist", "add"):
        address = reverse(f"admin:ebys_{model}_{page}")
        assert admin.get(address).status_code == 200
        assert signed_in_client(people.person(Role.HIS_LEAD)).get(address).status_code in (302, 403)
