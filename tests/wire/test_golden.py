# SPDX-License-Identifier: Apache-2.0
"""Messages byte by byte, against what the RFCs draw: a change here is a change of the wire."""

import dns.message

from designate.wire import message, numbers, packing, records, tsig
from designate.wire.message import Answer, Query
from designate.wire.packing import Room

HEADER = "1234 0100 0001 0000 0000 0000"
QUESTION = "07 4578416d706c65 03 6f7267 00"  # ExAmple.org
OPT = "00 0029 1000 00 00 8000 0000"  # 4096 bytes, DO
SOA = bytes.fromhex("0161c00c 0162c00c 00000001 00000002 00000003 00000004 00000005")


def from_hex(text: str) -> bytes:
    """Bytes from hexadecimal digits with spaces."""
    return bytes.fromhex(text.replace(" ", ""))


def query(rrtype: str, opt: str = "") -> Query:
    """A query for ExAmple.org."""
    data = from_hex(f"{HEADER} {QUESTION} {rrtype} 0001 {opt}")
    if opt:
        data = data[:11] + b"\1" + data[12:]
    header = message.read_header(data)
    assert header is not None
    return message.read_query(data, header)


def test_an_answer() -> None:
    """QR, AA and RD; the owner is a pointer to the question; our OPT says 1232 bytes and DO."""
    address = records.rrset(records.APEX, numbers.A, 60, records.packed(b"\xc0\0\2\1"))
    answer = Answer(authoritative=True, answer=[address])
    assert message.render(query("0001", OPT), answer, 512) == from_hex(
        f"1234 8500 0001 0001 0000 0001 {QUESTION} 0001 0001"
        "c00c 0001 0001 0000003c 0004 c0000201"
        "00 0029 04d0 00 00 8000 0000"
    )


def test_a_refusal_of_an_unknown_key() -> None:
    """NOTAUTH, and a TSIG of class ANY without MAC, with error 17 (RFC 8945 section 5.2.1)."""
    signed = tsig.Tsig(
        key=from_hex("036b657900"),
        algorithm=from_hex("0b 686d61632d736861323536 00"),
        time_signed=0x0000_6789_ABCD,
        fudge=300,
        original_id=0x1234,
    )
    asked = query("0006")
    asked.signature = tsig.Unsigned(signed, numbers.BADKEY)
    data = message.render(asked, Answer(numbers.NOTAUTH), 512)
    assert data == from_hex(
        f"1234 8109 0001 0000 0000 0001 {QUESTION} 0006 0001"
        "036b657900 00fa 00ff 00000000 001d"
        "0b 686d61632d736861323536 00 00006789abcd 012c 0000 1234 0011 0000"
    )
    assert dns.message.from_wire(data, keyring=False).tsig_error == 17


def test_a_transfer() -> None:
    """SOA, records from their stored form, SOA; two messages when one does not hold them."""
    soa = records.soa_record(SOA, 3600)
    stored = [
        (from_hex("03 777777 c00c 0001 0001"), None, from_hex("0004 c0000201 0004 c0000202")),
        (from_hex("c00c 0002 0001"), 60, from_hex("0005 02 6e73 c00c")),
    ]
    batches = [[soa], records.xfr_records(stored, 3600), [soa]]
    drawn_soa = f"c00c 0006 0001 00000e10 001c {SOA.hex()}"
    drawn = [
        drawn_soa,
        "03777777c00c 0001 0001 00000e10 0004 c0000201",
        "03777777c00c 0001 0001 00000e10 0004 c0000202",
        "c00c 0002 0001 0000003c 0005 026e73c00c",
        drawn_soa,
    ]
    question = f"{QUESTION} 00fc 0001"
    whole = from_hex(f"1234 8500 0001 0005 0000 0000 {question} {' '.join(drawn)}")
    asked = query("00fc")

    def messages(limit: int) -> list[bytes]:
        return list(packing.messages(asked, packing.pack(batches, Room.of(asked, limit))))

    assert messages(65535) == [whole]
    assert messages(112) == [
        from_hex(f"1234 8500 0001 0003 0000 0000 {question} {' '.join(drawn[:3])}"),
        from_hex(f"1234 8500 0001 0002 0000 0000 {question} {' '.join(drawn[3:])}"),
    ]
