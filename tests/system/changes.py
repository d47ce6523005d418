# SPDX-License-Identifier: Apache-2.0
"""Recordsets of many kinds, and endless changes of a zone made of them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

FEWEST = 25
TTLS = (None, 0, 60, 300, 86400)
DIGEST = "2bb183af5f22588179a53b0a98631fad1a292118a475b0b1d1b0ac3f3d2f4c5b"


class Kind(NamedTuple):
    """A type at an owner name, where `{}` is a number, and sets of records it may have."""

    owner: str
    type: str
    sets: Sequence[Sequence[str]]


KINDS = (
    Kind("a{}", "A", (["192.0.2.1"], ["192.0.2.1", "192.0.2.2"], ["198.51.100.{}"])),
    Kind("a{}", "AAAA", (["2001:db8::1"], ["2001:db8::{}", "2001:DB8:0::FF"])),
    Kind("*.w{}", "A", (["192.0.2.99"], ["192.0.2.98"])),
    Kind("*.w{}", "TXT", (['"at any name"'], ['"at every name"'])),
    Kind("c{}", "CNAME", (["a1"], ["www.elsewhere.example."])),
    Kind("Mixed-Case{}", "CNAME", (["Target.Example."], ["_under_score.example."])),
    Kind("mx{}", "MX", (["10 mail.example."], ["0 ."], ["10 a.example.", "20 b.example."])),
    Kind("_sip._tcp.s{}", "SRV", (["0 5 5060 sip.example."], ["1 1 1 a.example.", "0 0 0 ."])),
    Kind(
        "t{}",
        "TXT",
        (
            ['"one string"'],
            ['"first" "second; with (marks)" ""'],
            [f'"{"x" * 255}" "{"y" * 255}"', '"another"'],
            [r'"a \"quoted\" word and a \\ and \195\164"'],
        ),
    ),
    Kind("spf{}", "SPF", (['"v=spf1 -all"'], ['"v=spf1 mx" " -all"'])),
    Kind(
        "caa{}",
        "CAA",
        (['0 issue "ca.example"'], ['0 issue ";"', '128 iodef "mailto:dns@example.org"']),
    ),
    Kind("{}.0", "PTR", (["host.example."], ["other.example."])),
    Kind("sub{}", "NS", (["ns.elsewhere.example."], ["ns.other.example.", "ns.third.example."])),
    Kind("ssh{}", "SSHFP", ([f"4 2 {DIGEST}"], [f"1 1 {DIGEST[:40]}", f"4 2 {DIGEST}"])),
    Kind("_443._tcp.tls{}", "TLSA", ([f"3 1 1 {DIGEST}"], [f"2 0 1 {DIGEST}"])),
    Kind(
        "n{}",
        "NAPTR",
        (['10 20 "S" "SIP+D2U" "" _sip._udp.example.'], [r'1 2 "U" "E2U+sip" "!^.*$!sip:a@b!" .']),
    ),
    Kind("cert{}", "CERT", (["PKIX 1 5 MTIzNA=="], ["URI 0 0 aHR0cHM6Ly9leGFtcGxlLm9yZw=="])),
    Kind("h{}", "HTTPS", (["1 . alpn=h2,h3"], ["0 alias.example."])),
    Kind(
        "_dns.v{}",
        "SVCB",
        (["1 svc.example. port=853 alpn=dot"], ["2 svc.example. port=8853 alpn=dot"]),
    ),
)


class Step(NamedTuple):
    """A request: its method, the recordset that it is for, and its body."""

    method: str
    key: tuple[str, str]
    body: dict[str, Any] | None


@dataclass(slots=True)
class Changes:
    """Makes steps that each change what DNS shows of the zone; the same ones for one `seed`."""

    zone: str
    seed: int
    live: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Step]:
        """Steps without end; each has been taken when the next is asked for."""
        choice = random.Random(self.seed)
        while True:
            kind = choice.choice(KINDS)
            number = choice.randrange(1, 5)
            body = self._recordset(kind, number, choice)
            key = (body["name"], kind.type)
            before = self.live.get(key)
            if before is None:
                self.live[key] = body
                yield Step("POST", key, body)
            elif len(self.live) > FEWEST and choice.random() < 0.4:
                del self.live[key]
                yield Step("DELETE", key, None)
            elif len(self.live) > FEWEST and body != before:
                self.live[key] = body
                yield Step("PUT", key, {name: body[name] for name in ("ttl", "records")})

    def _recordset(self, kind: Kind, number: int, choice: random.Random) -> dict[str, Any]:
        records = [text.format(number) for text in choice.choice(kind.sets)]
        if kind.type == "CNAME" and not records[0].endswith("."):
            records = [f"{records[0]}.{self.zone}"]
        name = f"{kind.owner.format(number)}.{self.zone}"
        return {"name": name, "type": kind.type, "ttl": choice.choice(TTLS), "records": records}
