# SPDX-License-Identifier: Apache-2.0
"""NOTIFY as other software reads it."""

import dns.flags
import dns.message
import dns.opcode
import dns.rdatatype

from designate.wire import notify


def test_a_notify_is_one_soa_question_with_authority() -> None:
    """RFC 1996 section 3.6: opcode NOTIFY, AA, the zone's SOA in question, no RD."""
    message = dns.message.from_wire(notify.request(0x1234, notify.question("Example.org.")))
    assert (message.id, message.opcode()) == (0x1234, dns.opcode.NOTIFY)
    assert message.flags & (dns.flags.AA | dns.flags.RD | dns.flags.QR) == dns.flags.AA
    (question,) = message.question
    assert (str(question.name), question.rdtype) == ("Example.org.", dns.rdatatype.SOA)
    assert not (message.answer or message.authority or message.additional)
