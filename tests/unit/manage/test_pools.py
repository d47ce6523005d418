# SPDX-License-Identifier: Apache-2.0
"""pools.yaml is read whole or refused with the place, and the database then says the same."""

from pathlib import Path

import pytest

from designate.errors import ConfigurationError
from designate.manage import pools as pool_file
from designate.model.pools import Endpoint, Nameserver, NsRecord, Target
from designate.storage import pools
from designate.storage.engine import open_engine
from designate.storage.tables import metadata
from designate.storage.unit_of_work import Store

DEFAULT = "794ccc2c-d751-44fe-b57f-8894c9f5c842"
BACKENDS = ("bind9", "embedded")
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
            "port",
        ),
        ("- {name: a, ns_records: [{hostname: n.x.}]}\n" * 2, "same name"),
        ("- name: [", "pools.yaml"),
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
