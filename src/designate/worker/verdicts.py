# SPDX-License-Identifier: Apache-2.0
"""What the answer to a SOA query says about a zone on a server.

Refused, unknown, broken and lame are different facts; none of them is "serial 0".
"""

from dataclasses import dataclass

from designate.wire import numbers
from designate.wire.soa_query import Answer

SERVING = "serving"
ABSENT = "absent"
"""It answers, and says that it has no such zone, or has no authority for it."""
BROKEN = "broken"
"""It answers, but cannot serve the zone now: not loaded yet, expired, or out of order."""

_RCODES = {
    numbers.FORMERR: "FORMERR",
    numbers.SERVFAIL: "SERVFAIL",
    numbers.NXDOMAIN: "NXDOMAIN",
    numbers.NOTIMP: "NOTIMP",
    numbers.REFUSED: "REFUSED",
    numbers.NOTAUTH: "NOTAUTH",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a server was seen doing; `serial` only when it serves the zone."""

    kind: str
    serial: int | None = None
    text: str = ""

    def reaches(self, goal: int | None) -> bool:
        """Whether that is the goal: a serial, or None for a zone that shall be gone."""
        if goal is None:
            return self.kind == ABSENT
        return self.kind == SERVING and self.serial == goal


def judge(answer: Answer) -> Verdict:
    """The meaning of an answer (RFC 1035 section 4.1.1, RFC 2136 section 2.2 for NOTAUTH)."""
    rcode = _RCODES.get(answer.rcode, f"rcode {answer.rcode}")
    if answer.rcode in (numbers.NXDOMAIN, numbers.REFUSED, numbers.NOTAUTH):
        return Verdict(ABSENT, text=f"answers {rcode}")
    if answer.rcode != numbers.NOERROR:
        return Verdict(BROKEN, text=f"answers {rcode}")
    if answer.serial is None:
        return Verdict(ABSENT, text="answers without a SOA record")
    if not answer.authoritative:
        return Verdict(ABSENT, text="answers without authority")
    return Verdict(SERVING, answer.serial, f"serves serial {answer.serial}")
