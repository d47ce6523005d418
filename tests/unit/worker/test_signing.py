# SPDX-License-Identifier: Apache-2.0
"""What is signed is believed by its key only."""

import dns.message
import dns.name
import dns.tsig
import pytest

from designate.wire import notify, soa_query
from designate.worker.signing import TsigKey

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
