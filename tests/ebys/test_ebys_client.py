"""The reference client plays EBYS against the running portal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ebys import eyp
from ebys.models import IncomingLetter, OutgoingLetter, OutgoingState, Scope
from tests.ebys import letters
from tests.ebys.api.calling import account, committed, key_of
from tests.ebys.eyp.packages import ENCRYPTED, V1, V2

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def play(live_server: Any) -> Any:
    """Run the command against the portal."""
    _key, text = key_of(account(), [scope for scope in Scope.values if not scope.startswith("cases")])

    def run(*arguments: str, key: str = text) -> str:
        output = StringIO()
        call_command("ebys_client", "--url", live_server.url, "--key", key, *arguments, stdout=output)
        return output.getvalue()

    return run


def test_packages_are_delivered(play: Any) -> None:
    told = play("deliver", str(V1), str(V2))
    assert "E-24312041-702.03-1 Olustur Versiyon 1X" in told
    assert "İmza doğrulaması yapılmadı." in told
    assert IncomingLetter.objects.count() == 2
    assert "(already delivered)" in play("deliver", str(V2))


def test_a_refused_package_is_told_with_its_code(play: Any) -> None:
    with pytest.raises(CommandError, match="422 eyp-encrypted"):
        play("deliver", str(ENCRYPTED))


def test_ready_letters_are_collected_and_registered(play: Any, tmp_path: Path) -> None:
    made = [committed(lambda: letters.outgoing_letter(OutgoingState.APPROVED)) for _letter in range(2)]
    told = play("collect", "--into", str(tmp_path))
    for letter in made:
        package = eyp.read(tmp_path / f"{str(letter.belge_id).upper()}.eyp")
        assert (package.subject, package.is_draft) == (letter.subject, True)
        assert f"#{letter.pk} " in told
    assert set(OutgoingLetter.objects.values_list("state", flat=True)) == {OutgoingState.HANDED}
    play("register", str(made[0].pk), "--number", "E-12345678-705-7")
    play("return", str(made[1].pk), "--reason", "Muhatap yanlış")
    stored = OutgoingLetter.objects.in_bulk()
    assert (stored[made[0].pk].official_number, stored[made[0].pk].dated) == (
        "E-12345678-705-7",
        timezone.localdate(),
    )
    assert stored[made[1].pk].state == OutgoingState.RETURNED


def test_one_word_plays_the_whole_day(play: Any, tmp_path: Path) -> None:
    letter = committed(lambda: letters.outgoing_letter(OutgoingState.APPROVED))
    play("play", "--into", str(tmp_path))
    assert OutgoingLetter.objects.get(pk=letter.pk).state == OutgoingState.REGISTERED
    assert play("play", "--into", str(tmp_path)) == ""


def test_a_wrong_key_and_a_silent_server_are_told(play: Any) -> None:
    with pytest.raises(CommandError, match="401 unauthenticated"):
        play("collect", key="sbs_00000000_yanlis")
    with pytest.raises(CommandError, match=r"127\.0\.0\.1:1: "):
        call_command("ebys_client", "--url", "http://127.0.0.1:1", "--key", "x", "collect")
    with pytest.raises(CommandError, match="Give a key"):
        call_command("ebys_client", "--key", "", "collect")
