# SPDX-License-Identifier: Apache-2.0
"""Files that people hand to us: each is read, or refused with a sentence."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from designate import conf
from designate.errors import ConfigurationError
from designate.manage import pools
from designate.wire import rndc, zonefile
from tests.databases import Sqlite
from tests.fuzz.amount import examples
from tests.fuzz.packets import mutated
from tests.fuzz.texts import CONF, HEAD, KEY, yaml_files, zone_files
from tests.fuzz.watch import nothing_fails
from tests.unit.central.site import ADMIN, Site
from tests.unit.central.zone_files import exported, imported
from tests.unit.wire.zonefile.test_agreement import agree

CPU = 1.0
"""Seconds of the processor that no file of these sizes may take."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Central over a database of its own."""
    with Sqlite(tmp_path_factory.mktemp("files")) as databases:
        yield Site(databases.open())


class Enough(zonefile.ZoneFileError):
    """$GENERATE may ask for more records than a test has time for."""


class Reader:
    """Takes so many records."""

    def __init__(self) -> None:
        self._left = 1000

    def __call__(self, _origin: str, line: zonefile.Line) -> None:
        assert line.name.endswith(".") and line.ttl >= 0
        self._left -= 1
        if not self._left:
            raise Enough("enough")


@settings(max_examples=examples(300))
@given(text=zone_files(), piece=st.sampled_from([1, 7, 65536]))
def test_any_zone_file_is_read_or_refused(text: bytes, piece: int) -> None:
    """In pieces of any size; ZoneFileError is all that comes of a bad one."""
    pieces = [text[at : at + piece] for at in range(0, len(text), piece)]
    with nothing_fails(CPU):
        try:
            zonefile.read(pieces, Reader())
        except zonefile.ZoneFileError as error:
            assert str(error)


@settings(max_examples=examples(60))
@given(text=zone_files(), piece=st.sampled_from([1, 13, 65536]))
def test_any_zone_file_is_read_as_dnspython_reads_it(text: bytes, piece: int) -> None:
    """Or refused, at the same record and for the same reason."""
    assume(b"$GENERATE" not in text.upper())  # read as BIND does: tests/interop/zonefile
    agree(text, piece)


@settings(max_examples=examples(60))
@given(text=zone_files())
@example(text=HEAD.encode() + b"www A 192.0.2.1\n")
@example(text=HEAD.encode() + b"www CNAME a.\nwww A 192.0.2.1\n")
def test_any_import_ends(site: Site, text: bytes) -> None:
    """With a zone whose export is a zone file again, or with a message."""
    with nothing_fails(2 * CPU):
        done = imported(site, text)
    if done.zone_id is None:
        assert done.status == "ERROR"
        assert done.message
        return
    assert done.status == "COMPLETE"
    zone = site.central.zones.get(ADMIN, done.zone_id)
    again = exported(site, zone).encode()
    zonefile.read([again], Reader())
    site.remove(zone)


@settings(max_examples=examples(60))
@given(text=yaml_files())
def test_any_pools_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    """ConfigurationError is all that comes of a bad one."""
    file = tmp_path_factory.getbasetemp() / "pools.yaml"
    file.write_bytes(text)
    with nothing_fails(CPU):
        try:
            assert isinstance(pools.read(file, ["bind9"]), list)
        except ConfigurationError as error:
            assert "pools.yaml" in str(error)


@settings(max_examples=examples(60))
@given(text=mutated(st.just(CONF)))
def test_any_configuration_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    """ConfigurationError is all that comes of a bad one."""
    file = tmp_path_factory.getbasetemp() / "designate.conf"
    file.write_bytes(text)
    with nothing_fails(CPU):
        try:
            conf.settings(conf.load([str(file)]))
        except conf.ConfigurationError as error:
            assert str(error)


@settings(max_examples=examples(100))
@given(text=mutated(st.just(KEY)))
def test_any_key_file_has_a_key_or_none(text: bytes) -> None:
    """Nothing else comes of it."""
    with nothing_fails(CPU):
        found = rndc.read_key(text.decode("utf-8", "replace"))
    assert found is None or found.secret is not None


@settings(max_examples=examples(100))
@given(
    body=mutated(st.just(rndc.pack(rndc.Key("hmac-sha256", b"k"), {"_ser": "1"}, {"type": "x"})))
)
def test_any_message_of_a_control_channel_is_read_or_refused(body: bytes) -> None:
    """Signed or not."""
    with nothing_fails(CPU):
        try:
            rndc.unpack(rndc.Key("hmac-sha256", b"k"), body[4:])
        except rndc.BadMessage as error:
            assert str(error)
