# SPDX-License-Identifier: Apache-2.0
"""What is signed is believed by its key only."""

from pathlib import Path

import dns.message
import dns.name
import dns.tsig
import pytest

from designate.model.pools import Nameserver, Pool
from designate.storage import pools
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from designate.wire import notify, soa_query
from designate.worker.ledger import Ledger
from designate.worker.signing import TsigKey
from tests.unit.mdns.test_tsig import add_key
from tests.unit.storage.zone_rows import create_tables

SECRET = "MDEyMzQ1Njc4OWFiY2RlZg=="
QUERY = soa_query.request(7, notify.question("example.org."))


def ring(algorithm: str = "hmac-sha256", secret: str = SECRET) -> dns.tsig.Key:
    """The key as the server has it."""
    return dns.tsig.Key(dns.name.from_text("key.example."), secret, algorithm)


@pytest.mark.parametrize(
    ("algorithm", "named"),
    [
        ("hmac-sha256", "hmac-sha256"),
        ("hmac-sha512", "hmac-sha512"),
        ("hmac-md5", dns.tsig.HMAC_MD5),
    ],
)
def test_a_server_with_the_key_can_read_it_and_is_believed(algorithm: str, named: str) -> None:
    """Both ways, with the algorithm under its name in DNS."""
    key = TsigKey("key.example.", algorithm, SECRET)
    signed = key.sign(QUERY)
    query = dns.message.from_wire(signed.wire, keyring=ring(named))
    assert query.had_tsig
    answer = dns.message.make_response(query).to_wire()
    assert key.has_signed(answer, signed.mac)
    assert not key.has_signed(answer, b"0" * len(signed.mac))


def test_an_answer_without_the_key_is_not_believed() -> None:
    """Unsigned, signed with another secret, or no message at all."""
    key = TsigKey("key.example.", "hmac-sha256", SECRET)
    signed = key.sign(QUERY)
    plain = dns.message.make_response(dns.message.from_wire(QUERY))
    other = dns.message.make_response(dns.message.from_wire(QUERY))
    other.use_tsig(ring(secret="b3RoZXI="))
    for answer in (plain.to_wire(), other.to_wire(), b"\0"):
        assert not key.has_signed(answer, signed.mac)


def test_the_secret_is_not_shown() -> None:
    """Not even where somebody logs the key."""
    assert SECRET not in repr(TsigKey("key.example.", "hmac-sha256", SECRET))


def test_a_key_that_cannot_sign_is_as_good_as_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It never reaches the poller, whose thread it would end; one warning names it."""
    store = Store(open_engine(f"sqlite:///{tmp_path / 'db'}"))
    create_tables(store)
    for name, secret in (("good.", SECRET), ("bad.", "abcde")):
        add_key(store, name, "POOL", "pool", secret=secret)
    servers = [Nameserver(host="192.0.2.1", tsigkey_id=name) for name in ("good.", "bad.")]
    pool = Pool(id="pool", name="default", nameservers=servers)
    store.write(lambda tx: pools.put(tx, pool))
    ledger = Ledger(store)
    for _ in range(2):
        keys = ledger.read([]).keys
        assert list(keys) == ["good."]
        assert keys["good."].sign(QUERY).mac
    assert [record.getMessage() for record in caplog.records] == [
        "the TSIG key bad. cannot be used: the secret is not base64"
    ]
    store.engine.dispose()
