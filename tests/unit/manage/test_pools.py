# SPDX-License-Identifier: Apache-2.0
"""pools.yaml is read whole or refused with the place, and the database then says the same."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from designate.errors import ConfigurationError
from designate.manage import pools as pool_file
from designate.model.pools import Endpoint, Nameserver, NsRecord, Target
from designate.model.zones import Zone
from designate.storage import pools, zones
from designate.storage.engine import open_engine
from designate.storage.tables import metadata, zone_servers, zone_work
from designate.storage.unit_of_work import Store

DEFAULT = "794ccc2c-d751-44fe-b57f-8894c9f5c842"
BACKENDS = ("bind9", "embedded")
MANY = ", ".join(f"{{hostname: {number}{'.abcdefg' * 30}.}}" for number in range(300))
"""NS records that no answer can hold."""
WHOLE = """
- name: default
  description: Two servers
  attributes: {dnssec: true, tier: 1}
  ns_records: [{hostname: ns2.example.org., priority: 2}, {hostname: ns1.example.org.}]
  nameservers: [{host: 192.0.2.53, port: 5300}]
  targets:
    - type: bind9
      description: the first
      masters: [{host: 192.0.2.10, port: 5354}]
      options: {host: 192.0.2.53, port: 5300, clean_zonefile: true}
  also_notifies: [{host: 192.0.2.54, port: 53}]
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty database."""
    engine = open_engine(f"sqlite:///{tmp_path / 'pools.sqlite'}")
    metadata.create_all(engine)
    return Store(engine)


def written(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "pools.yaml"
    path.write_text(text, "utf-8")
    return path


def test_every_key_is_read_and_options_become_text(tmp_path: Path) -> None:
    """Booleans and numbers of options and attributes are the words that backends read."""
    (pool,) = pool_file.read(written(tmp_path, WHOLE), BACKENDS)
    assert pool.attributes == {"dnssec": "true", "tier": "1"}
    assert pool.ordered_ns == [
        NsRecord(hostname="ns1.example.org.", priority=1),
        NsRecord(hostname="ns2.example.org.", priority=2),
    ]
    assert pool.nameservers == [Nameserver(host="192.0.2.53", port=5300)]
    assert pool.also_notifies == [Endpoint(host="192.0.2.54", port=53)]
    assert pool.targets == [
        Target(
            type="bind9",
            description="the first",
            masters=[Endpoint(host="192.0.2.10", port=5354)],
            options={"host": "192.0.2.53", "port": "5300", "clean_zonefile": "true"},
        )
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- name: a\n  colour: red\n  ns_records: [{hostname: n.}]", "colour"),
        ("- name: a\n  ns_records: [{hostname: ns1.example.org}]", "final dot"),
        ("- name: a\n", "at least one is needed"),
        ("- {name: a, ns_records: [{hostname: n.x., priority: 0}]}", "priority"),
        ("- {name: a, ns_records: [{hostname: n.x.}, {hostname: N.x.}]}", "twice"),
        (f"- {{name: a, ns_records: [{MANY}]}}", "at most 65000 fit"),
        ("- ns_records: []\n", "name"),
        ("- name: a\n  ns_records: [{hostname: n.x.}]\n  targets: [{type: bogus}]", "bogus"),
        ("- name: a\n  ns_records: [{hostname: n.x.}]\n  targets: [{type: bind9}]", "masters"),
        (
            "- name: a\n  ns_records: [{hostname: n.x.}]\n  nameservers: [{host: h, port: 0}]",
            "port",
        ),
        (
            "- name: a\n  ns_records: [{hostname: n.x.}]\n"
            "  targets: [{type: embedded, options: {port: dns}}]",
            "option port dns is no port",
        ),
        (
            "- name: a\n  ns_records: [{hostname: n.x.}]\n"
            "  targets: [{type: embedded, options: {rndc_port: 65536}}]",
            "option rndc_port 65536 is no port",
        ),
        ("- {name: a, ns_records: [{hostname: n.x.}]}\n" * 2, "same name"),
        ("- name: [", "pools.yaml"),
        ("&a [*a]", "holds itself"),
        ("name: a", "array"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    """The message names the file and what is wrong in it."""
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError, match=problem) as error:
        pool_file.read(path, BACKENDS)
    assert str(path) in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(ConfigurationError, match=r"absent\.yaml"):
        pool_file.read(tmp_path / "absent.yaml", BACKENDS)


def test_applying_the_same_file_again_changes_nothing(tmp_path: Path, store: Store) -> None:
    """Versions rise only with what they count."""
    wanted = pool_file.read(written(tmp_path, WHOLE), BACKENDS)
    pool_file.apply(store, wanted, DEFAULT)
    with store.read() as connection:
        (before,) = pools.find_all(connection)
    pool_file.apply(store, wanted, DEFAULT)
    with store.read() as connection:
        (after,) = pools.find_all(connection)
    assert before == after
    assert before.id == DEFAULT


def test_versions_rise_with_what_they_count(tmp_path: Path, store: Store) -> None:
    """New NS records are work for zones, new targets work for servers, and each only that."""
    pool_file.apply(store, pool_file.read(written(tmp_path, WHOLE), BACKENDS), DEFAULT)
    renamed = WHOLE.replace("ns2.example.org.", "ns3.example.org.")
    pool_file.apply(store, pool_file.read(written(tmp_path, renamed), BACKENDS), DEFAULT)
    with store.read() as connection:
        (pool,) = pools.find_all(connection)
    assert (pool.ns_version, pool.server_config_version) == (2, 1)
    moved = renamed.replace("192.0.2.10", "192.0.2.11")
    pool_file.apply(store, pool_file.read(written(tmp_path, moved), BACKENDS), DEFAULT)
    with store.read() as connection:
        (pool,) = pools.find_all(connection)
    assert (pool.ns_version, pool.server_config_version) == (2, 2)


def test_a_new_name_server_does_not_count_before_it_has_served(
    tmp_path: Path, store: Store
) -> None:
    """Zones of the pool are due, and hold a row for the new server that has not joined."""
    pool_file.apply(store, pool_file.read(written(tmp_path, WHOLE), BACKENDS), DEFAULT)
    with store.read() as connection:
        (pool,) = pools.find_all(connection)
    store.write(lambda tx: zones.add(tx, a_zone(pool.id), ns_version=1))
    two = WHOLE.replace(
        "[{host: 192.0.2.53, port: 5300}]",
        "[{host: 192.0.2.53, port: 5300}, {host: 192.0.2.55, port: 53}]",
    )
    pool_file.apply(store, pool_file.read(written(tmp_path, two), BACKENDS), DEFAULT)
    with store.read() as connection:
        rows = connection.execute(select(zone_servers)).all()
        due = connection.execute(select(zone_work.c.due_at)).scalar_one()
    assert [(row.server, row.role, row.joined) for row in rows] == [
        ("192.0.2.55#53", "nameserver", 0)
    ]
    assert due is not None
    pool_file.apply(store, pool_file.read(written(tmp_path, WHOLE), BACKENDS), DEFAULT)
    with store.read() as connection:
        assert connection.execute(select(zone_servers)).all() == []


def a_zone(pool_id: str) -> Zone:
    """A zone at its first version."""
    return Zone(
        id="0d0d9e8a-7b0e-4c58-9e0a-1d1f5f1f0001",
        pool_id=pool_id,
        project_id="p1",
        name="example.org.",
        email="dns@example.org",
        ttl=3600,
        serial=1,
        refresh=3600,
        retry=600,
        expire=86400,
        minimum=3600,
        mname="ns1.example.org.",
        created_at=datetime(2026, 11, 21),
    )
