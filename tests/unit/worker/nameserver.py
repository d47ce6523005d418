# SPDX-License-Identifier: Apache-2.0
"""A name server of a few lines: it answers SOA queries as told and remembers NOTIFYs."""

import socket
import threading
from collections.abc import Callable
from typing import Self

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rrset
import dns.tsig

HOST = "127.0.0.1"
SOA = "ns1.example.org. admin.example.org. {serial} 3600 600 86400 60"


class NameServer:
    """Listens on loopback, UDP and TCP, while the context lasts.

    `serials` has the zones it serves; others are refused. `answering` can be cleared, `cut` sends
    an empty answer with TC over UDP. `forge` may send something before the answer.
    """

    def __init__(self) -> None:
        self.serials: dict[str, int] = {}
        self.notified: list[str] = []
        self.asked: list[str] = []
        self.answering = threading.Event()
        self.answering.set()
        self.cut = False
        self.signs = True
        self._keyring: dns.tsig.Key | None = None
        self.forge: Callable[[bytes], bytes] | None = None
        self._udp, self._tcp = _bound()
        self.port: int = self._udp.getsockname()[1]
        self._closing = False
        self._threads = [
            threading.Thread(target=run, daemon=True) for run in (self._run_udp, self._run_tcp)
        ]

    def __enter__(self) -> Self:
        for sock in (self._udp, self._tcp):
            sock.settimeout(0.05)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    def use_key(self, name: str, algorithm: str, secret: str) -> None:
        """Take only what is signed with this key, and sign what is answered."""
        self._keyring = dns.tsig.Key(name, secret, algorithm)

    @property
    def key(self) -> str:
        """Its identity in a pool."""
        return f"{HOST}#{self.port}"

    def _run_udp(self) -> None:
        while not self._closing:
            try:
                message, sender = self._udp.recvfrom(512)
            except TimeoutError:
                continue
            if not self.answering.is_set():
                continue
            if self.forge is not None:
                self._udp.sendto(self.forge(message), sender)
            self._udp.sendto(self._answer(message, cut=self.cut), sender)

    def _run_tcp(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._tcp.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(1.0)
                length = int.from_bytes(connection.recv(2))
                answer = self._answer(connection.recv(length), cut=False)
                connection.sendall(len(answer).to_bytes(2) + answer)

    def _answer(self, message: bytes, *, cut: bool) -> bytes:
        query = dns.message.from_wire(message, keyring=self._keyring)
        if self._keyring is not None and not query.had_tsig:
            return b""
        name = str(query.question[0].name)
        answer = dns.message.make_response(query)
        if not self.signs:
            answer.tsig = None
        if query.opcode() == dns.opcode.NOTIFY:
            self.notified.append(name)
            return answer.to_wire()
        self.asked.append(name)
        answer.flags |= dns.flags.AA
        if cut:
            answer.flags |= dns.flags.TC
        elif name not in self.serials:
            answer.set_rcode(dns.rcode.REFUSED)
        else:
            text = SOA.format(serial=self.serials[name])
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "SOA", text))
        return answer.to_wire()


def _bound() -> tuple[socket.socket, socket.socket]:
    """UDP and TCP on the same free port."""
    while True:
        tcp = socket.create_server((HOST, 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
        else:
            return udp, tcp
