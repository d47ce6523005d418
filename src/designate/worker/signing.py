# SPDX-License-Identifier: Apache-2.0
"""TSIG on what the poller sends, for servers whose views are chosen by key (RFC 8945)."""

from dataclasses import dataclass, field

import dns.exception
import dns.message

from designate.wire import tsig


@dataclass(frozen=True, slots=True)
class Signed:
    """A message as it is sent, and the MAC that its answer is signed over."""

    wire: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class TsigKey:
    """A key as the pool's administrator entered it; its secret, base64, is not shown."""

    name: str
    algorithm: str
    secret: str = field(repr=False)

    def check(self) -> None:
        """Raise BadKey when nothing can be signed with it."""
        self._key()

    def sign(self, message: bytes) -> Signed:
        """Sign a request."""
        parsed = dns.message.from_wire(message)
        parsed.use_tsig(self._key())
        return Signed(parsed.to_wire(), parsed.mac or b"")

    def has_signed(self, answer: bytes, request_mac: bytes) -> bool:
        """Whether an answer is signed with this key, for the request of this MAC."""
        try:
            parsed = dns.message.from_wire(answer, keyring=self._key(), request_mac=request_mac)
        except dns.exception.DNSException:
            return False
        return parsed.had_tsig

    def _key(self) -> tsig.Key:
        return tsig.key(self.name, self.algorithm, self.secret)
