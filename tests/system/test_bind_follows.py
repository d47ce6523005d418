# SPDX-License-Identifier: Apache-2.0
"""A BIND follows a zone that changes over the API: at once, exactly, and by IXFR."""

import itertools
import re
import statistics
import time
from collections import Counter
from typing import Any

import pytest

from tests.system.changes import Changes, Step
from tests.system.conftest import NewSite
from tests.system.site import Site, addresses, served

ZONE = "follow.example."
MEASURED = 40


class Writer:
    """Takes the steps of `Changes` over the API."""

    def __init__(self, site: Site, zone: Any) -> None:
        self._site = site
        self._recordsets = f"/v2/zones/{zone['id']}/recordsets"
        self._ids: dict[tuple[str, str], str] = {}

    def take(self, step: Step) -> None:
        """Make the request; it has to be accepted."""
        path = self._recordsets
        if step.method != "POST":
            path = f"{path}/{self._ids[step.key]}"
        answer = self._site.call(step.method, path, step.body)
        assert answer.status == 202, (step, answer)
        self._ids[step.key] = answer.json["id"]


@pytest.mark.parametrize(
    ("seed", "changes"), [(2, 200), pytest.param(3, 1000, marks=pytest.mark.slow)]
)
def test_bind_has_what_the_api_lists_after_each_change(
    new_site: NewSite, seed: int, changes: int
) -> None:
    """Each change is transferred as a difference, and BIND has nothing to say against it."""
    site = new_site()
    [server] = site.servers
    server.rndc("trace", "3")
    zone = site.new_zone(ZONE)
    writer = Writer(site, zone)
    serials = [zone["serial"]]
    assert served(server, ZONE) == site.listed(zone)
    methods: Counter[str] = Counter()
    for step in itertools.islice(Changes(ZONE, seed), changes):
        writer.take(step)
        methods[step.method] += 1
        serials.append(site.settled(zone)["serial"])
        assert served(server, ZONE) == site.listed(zone), step
    assert serials == sorted(set(serials))
    assert all(methods[method] >= changes / 10 for method in ("POST", "PUT", "DELETE")), methods

    log = server.log_text()
    kinds = re.findall(r"transfer of 'follow\.example/IN'.*: got (\w+) response", log)
    assert Counter(kinds) == {"nonincremental": 1, "incremental": changes}
    assert kinds[0] == "nonincremental"
    complaints = re.compile("not exact|malformed|failed|out of sync|retrying")
    assert [line for line in log.splitlines() if complaints.search(line)] == []


@pytest.mark.parametrize("stock", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_new_recordset_is_soon_served_and_soon_active(new_site: NewSite, *, stock: bool) -> None:
    """Medians of the time from the POST to BIND's first right answer, and to ACTIVE.

    The bounds are for a machine with other work; docs/benchmarks.md has the figures of a quiet one.
    """
    site = new_site(stock=stock)
    [server] = site.servers
    zone = site.new_zone(ZONE)
    answers, actives = [], []
    for number in range(MEASURED):
        began = time.monotonic()
        created = site.add(zone, f"w{number}", f"192.0.2.{number}")
        deadline = began + 20
        while addresses(server, created["name"]) != [f"192.0.2.{number}"]:
            assert time.monotonic() < deadline, f"{created['name']} is not served"
            time.sleep(0.001)
        answers.append(time.monotonic() - began)
        site.wait(f"/v2/zones/{zone['id']}/recordsets/{created['id']}", status="ACTIVE")
        actives.append(time.monotonic() - began)
    answer, active = (1000 * statistics.median(times) for times in (answers, actives))
    print(f"\nBIND {'stock' if stock else 'tuned'}: served {answer:.0f} ms, ACTIVE {active:.0f} ms")
    assert answer < 1000
    assert active < 1500
