"""Faults at the door: the same secret at the same moment from two machines, and many guesses at once."""

from __future__ import annotations

import http.client
import re
from base64 import b32decode
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from urllib.parse import urlencode

import psycopg2
import pytest
from django_otp.oath import totp

from tests.accounts.people import PASSWORD
from tests.faults.ground import Ground
from tests.faults.web import Answer, Web

pytestmark = pytest.mark.faults
CODE = "/login/code/"
GUESSES, LOOKED_AT = 10, 5
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'"


class Machine:
    """A computer with an address and a browser of its own, in front of one of the portal's servers."""

    def __init__(self, web: Web, address: str) -> None:
        self.web, self.address = web, address
        self.jar: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str = "") -> Answer:
        """One request; cookies are kept as a browser keeps them."""
        link = http.client.HTTPConnection(
            "127.0.0.1", self.web.port, timeout=60, source_address=(self.address, 0)
        )
        headers = {
            "Accept-Language": "en",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"http://127.0.0.1:{self.web.port}/",
        }
        with closing(link):
            link.request(method, path, body or None, headers)
            found = link.getresponse()
            for cookie in found.headers.get_all("Set-Cookie") or []:
                name, _equals, value = cookie.partition(";")[0].partition("=")
                self.jar[name] = value
            return Answer(found.status, found.read().decode(), dict(found.getheaders()))

    def fill_in(self, path: str, **fields: str) -> Answer:
        """A form as the person finds it, filled in and sent."""
        return self.send(path, self.token(path), **fields)

    def token(self, path: str) -> str:
        seen = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', seen.text)
        assert token is not None, f"{path}: {seen.status} {seen.text[:300]}"
        return token[1]

    def send(self, path: str, token: str, **fields: str) -> Answer:
        return self.ask("POST", path, urlencode({"csrfmiddlewaretoken": token, **fields}))

    def is_in(self) -> bool:
        """Whether the person's own page opens here."""
        return self.ask("GET", "/me/").status == 200


@pytest.fixture
def name(ground: Ground) -> str:
    """Somebody of the hospital, whom nobody tried to be before."""
    ground.sql("DELETE FROM axes_accessattempt")
    ground.sql("DELETE FROM otp_totp_totpdevice")
    return str(
        ground.sql("SELECT username FROM accounts_user WHERE id = %s", ground.facts["readers"][0])[0][0]
    )


def with_app(machine: Machine, name: str) -> tuple[bytes, list[str]]:
    """The person sets the authenticator app up; its secret, and the recovery codes."""
    assert machine.fill_in("/login/", username=name, password=PASSWORD).status == 302
    page = machine.ask("GET", "/me/second-factor/").text
    shown = re.search(r'typed-secret">([A-Z2-7 ]+)<', page)
    assert shown is not None, page[:300]
    text = shown[1].replace(" ", "")
    secret = b32decode(text + "=" * (-len(text) % 8))
    done = machine.fill_in("/me/second-factor/", code=f"{totp(secret):06d}")
    codes = re.findall(r"<li><code>([^<]+)</code>", done.text)
    assert len(codes) == 10, done.text[:300]
    return secret, codes


@contextmanager
def held(ground: Ground, table: str, waiting: int) -> Iterator[None]:
    """Somebody else keeps the rows of a table until so many wait for them: what follows happens at the same moment."""
    with closing(psycopg2.connect(ground.addresses.database)) as link:
        link.cursor().execute(f"SELECT 1 FROM {table} FOR UPDATE")
        yield
        ground.until(lambda: ground.sql(WAITING) == [(waiting,)], f"{waiting} wait for the same row")
        link.rollback()


@pytest.mark.parametrize(
    ("secret", "table"),
    [
        pytest.param("app", "otp_totp_totpdevice", marks=pytest.mark.short),
        ("recovery", "otp_static_staticdevice"),
    ],
)
def test_f16_one_code_from_two_machines_at_the_same_moment(ground, tell, name, secret, table):
    with ground.web(wired=False) as here, ground.web(wired=False) as there:
        key, codes = with_app(Machine(here, "127.0.0.9"), name)
        code = f"{totp(key, drift=1):06d}" if secret == "app" else codes[0]
        machines = [Machine(here, "127.0.0.2"), Machine(there, "127.0.0.3")]
        for machine in machines:
            assert machine.fill_in("/login/", username=name, password=PASSWORD).headers["Location"] == CODE
        tokens = [machine.token(CODE) for machine in machines]
        [(last,)] = ground.sql("SELECT max(id) FROM audit_entry")
        with ThreadPoolExecutor(2) as pool:
            with held(ground, table, waiting=2):
                sent = [
                    pool.submit(machine.send, CODE, token, code=code)
                    for machine, token in zip(machines, tokens, strict=True)
                ]
            answers = [one.result() for one in sent]
        ground.note(f"one {secret} code from two machines: {[one.status for one in answers]}")
        inside = sum(machine.is_in() for machine in machines)
    events = Counter(row[0] for row in ground.sql("SELECT event FROM audit_entry WHERE id > %s", last))
    assert sorted(one.status for one in answers) == [302, 422]
    assert (events["logged_in"], events["log_in_failed"]) == (1, 1)
    tell(f"F16 one {secret} code from two machines at once", int(not inside), max(0, inside - 1))


@pytest.mark.short
def test_many_guesses_sent_at_once_are_looked_at_one_after_the_other(ground, tell, name):
    with ground.web(wired=False) as web:
        machines = [Machine(web, "127.0.0.4") for _number in range(GUESSES)]
        tokens = [machine.token("/login/") for machine in machines]
        with ThreadPoolExecutor(GUESSES) as pool:
            answers = list(
                pool.map(
                    lambda number: machines[number].send(
                        "/login/", tokens[number], username=name, password=f"yanlış-parola-{number}"
                    ),
                    range(GUESSES),
                )
            )
        found = Counter(one.status for one in answers)
        ground.note(f"{GUESSES} guesses sent at once: {dict(found)}")
        elsewhere = Machine(web, "127.0.0.5").fill_in("/login/", username=name, password=PASSWORD)
    assert found == {422: LOOKED_AT, 429: GUESSES - LOOKED_AT}
    assert ground.sql("SELECT failures_since_start FROM axes_accessattempt") == [(LOOKED_AT,)]
    assert elsewhere.status == 302
    tell("many guesses at once: five looked at, the person gets in elsewhere", 0, found[422] - LOOKED_AT)
