# SPDX-License-Identifier: Apache-2.0
"""BIND and we share the secret of the cookies, as behind one address (RFC 9018)."""

import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.servers.bind9 import Bind9, binary
from tests.unit.mdns.serving import serving
from tests.unit.mdns.zone_rows import ZoneRows, open_store

PATIENCE = 20.0
SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf"
Address = tuple[str, int]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Address]]:
    """Both, and each answers clients with its cookie only."""
    directory = tmp_path_factory.mktemp("cookies")
    zone = ZoneRows(open_store(directory)).create()
    options = f'cookie-algorithm siphash24; cookie-secret "{SECRET}"; require-server-cookie yes;'
    bind = Bind9(directory / "bind", extra_options=options)
    bind.start()
    try:
        with serving(zone.store, cookie_secret=(SECRET,), require_server_cookie=True) as server:
            yield {"ours": server.addresses[0], "bind": (bind.host, bind.port)}
    finally:
        bind.stop()


def dig(address: Address, *options: str) -> str:
    """What dig says."""
    host, port = address
    command = [binary("dig"), f"@{host}", "-p", str(port), "example.org", "SOA", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout


def learnt(address: Address) -> str:
    """The cookie that a client gets, as digits."""
    found = re.search(r"; COOKIE: ([0-9a-f]{48}) \(good\)", dig(address, "+nobadcookie"))
    assert found is not None
    return found[1]


def within_a_second(one: Address, other: Address) -> tuple[str, str]:
    """A cookie of one, and what the other says to it; BIND makes another in each second."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        second = int(time.time())
        cookie = learnt(one)
        answer = dig(other, f"+cookie={cookie}", "+nobadcookie")
        if int(time.time()) == second:
            return cookie, answer
    raise AssertionError("two questions take longer than a second")


@pytest.mark.parametrize(("one", "other"), [("ours", "bind"), ("bind", "ours")])
def test_the_cookie_of_one_is_good_for_the_other(
    servers: dict[str, Address], one: str, other: str
) -> None:
    """It comes back as it is; one made up is not taken."""
    cookie, answer = within_a_second(servers[one], servers[other])
    assert f"; COOKIE: {cookie} (good)" in answer and "BADCOOKIE" not in answer
    changed = f"{int(cookie, 16) ^ 1:048x}"
    assert "status: BADCOOKIE" in dig(servers[other], f"+cookie={changed}", "+nobadcookie")


def test_dig_comes_again_with_the_cookie_that_it_is_told(servers: dict[str, Address]) -> None:
    """And has its answer then."""
    said = dig(servers["ours"])
    assert "status: NOERROR" in said and "(good)" in said
    assert "ANSWER: 1" in said
