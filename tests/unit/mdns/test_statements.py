# SPDX-License-Identifier: Apache-2.0
"""How many SQL statements an answer of the DNS server costs."""

from pathlib import Path

import dns.message
import pytest

from tests.statements import statements
from tests.unit.mdns.serving import STRANGER, Answering, ask, dispatcher, ixfr_query, stream
from tests.unit.mdns.zone_rows import BASIC, ZoneRows, open_store

NAME = "example.org."
AT_MOST = {"SOA": 2, "A": 3, "no such name": 4, "AXFR": 3, "IXFR": 4, "IXFR, up to date": 3}
"""By question, when nothing is remembered."""
QUERIES = {
    "SOA": (NAME, "SOA"),
    "A": (f"www.{NAME}", "A"),
    "no such name": (f"nobody.{NAME}", "A"),
}


@pytest.fixture
def zone(tmp_path: Path) -> ZoneRows:
    """A zone at serial 101, of two versions."""
    made = ZoneRows(open_store(tmp_path)).create(BASIC)
    made.change({("new", "TXT"): (5, ['"x"'])})
    return made


def fresh(zone: ZoneRows) -> Answering:
    """A server that remembers nothing, whose statements are compiled."""
    ask(dispatcher(zone.store), dns.message.make_query(NAME, "SOA"))
    return dispatcher(zone.store)


@pytest.mark.parametrize("question", QUERIES)
def test_an_answer_has_its_cost(zone: ZoneRows, question: str) -> None:
    """However many zones and names there are."""
    server = fresh(zone)
    with statements(zone.store.engine) as seen:
        ask(server, dns.message.make_query(*QUERIES[question]), STRANGER)
    assert 0 < len(seen) <= AT_MOST[question], seen


def test_a_transfer_has_its_cost(zone: ZoneRows) -> None:
    """However many records are sent."""
    queries = {
        "AXFR": dns.message.make_query(NAME, "AXFR"),
        "IXFR": ixfr_query(NAME, 100),
        "IXFR, up to date": ixfr_query(NAME, 101),
    }
    found = {}
    for size, rtype, text in ((10, "A", "192.0.2.1"), (2_000, "TXT", '"x"')):
        zone.fill(size, rtype, [text])
        for name, query in queries.items():
            with statements(zone.store.engine) as seen:
                stream(fresh(zone), query)
            found[name, size] = len(seen)
    assert {key: number for key, number in found.items() if number > AT_MOST[key[0]]} == {}
    assert all(found[name, 10] == found[name, 2_000] > 0 for name in queries)
