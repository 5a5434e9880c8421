"""5.4.1.5: a device that answers to a community name everybody knows is found; one that was renamed is not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from processes import clauses, snmp
from processes.keepers import network

RENAMED = "ornekova-7f"


class Device:
    """A device on this machine that answers to one community name, as an agent does: with the packet's own frame."""

    def __init__(self, community: str) -> None:
        self.community = community.encode()
        self.way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.way.bind(("127.0.0.1", 0))
        self.port: int = self.way.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                packet, sender = self.way.recvfrom(1500)
            except OSError:
                return
            length = packet[6]
            if packet[7 : 7 + length] == self.community:
                self.way.sendto(packet.replace(b"\xa0", b"\xa2", 1), sender)


@pytest.fixture
def device(request: pytest.FixtureRequest) -> Iterator[Device]:
    found = Device(request.param)
    yield found
    found.way.close()


def test_the_question_is_the_one_of_the_standard() -> None:
    assert snmp.question("public").hex() == (
        "302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500"
    )


@pytest.mark.parametrize("device", ["public", "private", "system"], indirect=True)
def test_a_delivered_name_is_a_finding(device: Device, settings: Any) -> None:
    settings.SNMP_HOSTS, settings.SNMP_PORT = ["127.0.0.1"], device.port

    found = network.communities()

    assert len(found) == 1
    assert device.community.decode() in found[0]
    assert "127.0.0.1" in found[0]


@pytest.mark.parametrize("device", [RENAMED], indirect=True)
def test_a_renamed_device_is_none(device: Device, settings: Any) -> None:
    settings.SNMP_HOSTS, settings.SNMP_PORT = ["127.0.0.1"], device.port

    assert network.communities() == []
    assert snmp.answered("127.0.0.1", [RENAMED], port=device.port) == [RENAMED]


def test_a_host_that_is_not_there_hinders_nobody(settings: Any) -> None:
    settings.SNMP_HOSTS = ["127.0.0.1", "no-such-device.invalid"]
    settings.SNMP_PORT = 9

    assert network.communities() == []


def test_the_clause_has_its_keeper() -> None:
    clause = next(one for one in clauses.all_clauses() if one.number == "5.4.1.5")

    assert [keeping.app for keeping in clauses.keepings(clause)] == ["network"]
