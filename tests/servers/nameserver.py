# SPDX-License-Identifier: Apache-2.0
"""What tests ask any name server of theirs."""

from abc import ABC, abstractmethod

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype


class NameServer(ABC):
    """A server that answers DNS at `host` and `port`, with zones that it follows."""

    host: str
    port: int

    @abstractmethod
    def start(self) -> None:
        """Start and wait until it answers."""

    @abstractmethod
    def stop(self) -> None:
        """End it and wait; harmless when it does not run."""

    def query(self, name: str, rdtype: str) -> dns.message.Message:
        """The answer to one question, asked without RD over UDP, then over TCP if cut."""
        question = dns.message.make_query(name, rdtype, flags=0)
        answer, _ = dns.query.udp_with_fallback(question, self.host, timeout=5, port=self.port)
        return answer

    def serial(self, name: str) -> int | None:
        """The serial of the zone as served with authority; None when it is not served."""
        answer = self.query(name, "SOA")
        if answer.rcode() != dns.rcode.NOERROR or not answer.flags & dns.flags.AA:
            return None
        for rrset in answer.answer:
            if rrset.rdtype == dns.rdatatype.SOA:
                serial: int = rrset[0].serial
                return serial
        return None

    @abstractmethod
    def transferred(self, name: str) -> list[int]:
        """The serials of a zone that it took from its master, oldest first."""
