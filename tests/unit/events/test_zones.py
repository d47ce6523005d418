# SPDX-License-Identifier: Apache-2.0
"""What notifications say of a zone."""

import json
from datetime import datetime

from msgspec.structs import replace

from designate.events import zones
from designate.model.zones import Zone

ZONE = Zone(
    id="fa5c7e02-4b4f-4b5e-8f0e-0a1b2c3d4e5f",
    pool_id="pool",
    project_id="p1",
    name="example.org.",
    email="dns@example.org",
    ttl=3600,
    serial=1000,
    refresh=3500,
    retry=600,
    expire=86400,
    minimum=3600,
    mname="ns1.example.org.",
    created_at=datetime(2026, 11, 21, 9, 30),
    attributes={"tier": "gold"},
)
BEGIN, END = 1_795_000_000, 1_795_003_600
UPSTREAM = set(
    """id version created_at updated_at deleted deleted_at shard tenant_id name email ttl refresh
    retry expire minimum parent_zone_id serial description status action pool_id attributes masters
    type transferred_at delayed_notify increment_serial shared
    audit_period_beginning audit_period_ending""".split()  # noqa: SIM905 - as one reads it
)


def payload(zone: Zone = ZONE, deleted_at: datetime | None = None) -> dict[str, object]:
    """What both events say, as it travels."""
    first, second = zones.exists(zone, deleted_at, BEGIN, END)
    assert (first.type, second.type) == ("dns.domain.exists", "dns.zone.exists")
    assert first.payload == second.payload
    found: dict[str, object] = json.loads(json.dumps(first.payload))
    return found


def test_a_zone_has_the_keys_that_consumers_know() -> None:
    """Times as upstream writes them, the shard as it counts."""
    found = payload()
    assert set(found) == UPSTREAM
    assert found["audit_period_beginning"] == "2026-11-18T11:06:40"
    assert found["audit_period_ending"] == "2026-11-18T12:06:40"
    assert found["created_at"] == "2026-11-21T09:30:00"
    assert (found["deleted"], found["deleted_at"]) == ("0", None)
    assert (found["shard"], found["tenant_id"]) == (0xFA5, "p1")
    assert found["attributes"] == [{"key": "tier", "value": "gold"}]


def test_a_zone_that_was_deleted_since_says_so() -> None:
    """In upstream's way, whose ids have no hyphens there."""
    found = payload(deleted_at=datetime(2026, 11, 21, 10))
    assert found["deleted"] == "fa5c7e024b4f4b5e8f0e0a1b2c3d4e5f"
    assert found["deleted_at"] == "2026-11-21T10:00:00"


def test_masters_have_a_host_and_a_port() -> None:
    """In whichever form they were given."""
    given = ["192.0.2.1", "192.0.2.2:5354", "2001:db8::1", "[2001:db8::2]:54", "[::1]", "ns.x."]
    assert payload(replace(ZONE, masters=given))["masters"] == [
        {"host": "192.0.2.1", "port": 53},
        {"host": "192.0.2.2", "port": 5354},
        {"host": "2001:db8::1", "port": 53},
        {"host": "2001:db8::2", "port": 54},
        {"host": "::1", "port": 53},
        {"host": "ns.x.", "port": 53},
    ]


def test_what_is_sent_again_has_the_same_id() -> None:
    """Another type, zone or period has another one."""
    again = {event.id for _ in range(2) for event in zones.exists(ZONE, None, BEGIN, END)}
    later = {event.id for event in zones.exists(ZONE, None, END, END + 3600)}
    other = {event.id for event in zones.exists(replace(ZONE, id="00" * 16), None, BEGIN, END)}
    assert [len(ids) for ids in (again, later, other)] == [2, 2, 2]
    assert len(again | later | other) == 6
