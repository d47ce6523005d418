# SPDX-License-Identifier: Apache-2.0
"""BIND and our reader make the same records of a zone file."""

import subprocess
from pathlib import Path

import pytest

from designate.rdata import TYPES
from designate.wire import zonefile
from tests.servers.bind9 import binary

NAME = "example.org."
HEAD = f"$ORIGIN {NAME}\n$TTL 300\n@ SOA ns. admin 1 2 3 4 5\n@ NS ns.\n"
LAX = [option for check in "kmMnrST" for option in (f"-{check}", "ignore")]
"""What is judged here is the reading."""
FILES = {
    "numbers": """\
$GENERATE 0-255 $ PTR host-${0,3,d}
$GENERATE 0-6/2 ${-1,4}.${1} 1h30m IN A 192.0.2.${10}
$GENERATE 200-300/50 ${0,0,x}.${0,8,X}.${0,0,o} IN 60 TXT ${0,5,n}.${0,0,N}
$GENERATE 1-2 ${0,2,n}${0,4,n}a AAAA 2001:db8::${0,4,x}
""",
    "quoted": r"""
$GENERATE 1-127 HOST-$ MX "0 ."
$generate 1-3 h$ TXT "a b $"
$GENERATE 1-3 h$ TXT "\"a b $\""
$GENERATE 1-3 h$ CAA "0 issue \"ca$.example; x=$\""
$GENERATE 1-3 _sip._udp SRV "0 5 506$ sip$"
$GENERATE 1-3 n$ NAPTR "100 10 \"u\" \"E2U+sip\" \"!^.*$$!sip:$@example.org!\" ."
""",
    "characters": r"""
$GENERATE 1-2 h\$$ TXT \$$$$
$GENERATE 1-2 $$INCLUDE A 192.0.2.$
$GENERATE 1-2 a\.b$ A 192.0.2.$
$GENERATE 1-2 h${0,3}} TXT a\;b;c
""",
    "around": """\
www A 192.0.2.1
$GENERATE 1-2 h$ 60 A 192.0.2.$
  TXT "no owner"
$ORIGIN sub
$GENERATE 1-2 @ A 192.0.2.$
$GENERATE 1-2 h$.other. A 192.0.2.$
$GENERATE 1-2 c$.example.org. CNAME $
""",
    "parentheses": r"""
a TXT ( "one" ; a comment )
        two "(three)" )
b 60 IN MX ( 10
  mail )
(c A 192.0.2.1
)
 TXT (x)
""",
    "escapes": r"""
a\.b A 192.0.2.1
\097\098 A 192.0.2.1
t TXT a\;b "c;d" "e\"f" g\"h "\001\255" "i\\" \106
u TXT "" "a"b
""",
}


def by_bind(directory: Path, text: str) -> list[tuple[str, ...]]:
    """The records of a file, as BIND writes them."""
    file, written = directory / "given.zone", directory / "written.zone"
    file.write_text(text, "utf-8")
    command = [binary("named-compilezone"), "-i", "none", *LAX, "-s", "full"]
    subprocess.run(
        [*command, "-o", str(written), NAME, str(file)], check=True, capture_output=True, timeout=30
    )
    return sorted(
        record(*line.split(maxsplit=4)) for line in written.read_text("utf-8").splitlines()
    )


def record(owner: str, ttl: str, _class: str, rtype: str, text: str) -> tuple[str, ...]:
    """A record whose rdata is compared as what it is on the wire."""
    known = TYPES.get(rtype)
    return owner, ttl, rtype, known.encode(text).hex() if known else text


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_as_bind_reads_it(tmp_path: Path, name: str) -> None:
    """Owner, TTL, type and rdata of every record."""
    text = HEAD + FILES[name]
    found: list[tuple[str, ...]] = []
    zonefile.read(
        [text.encode()],
        lambda _origin, line: found.append(record(line.name, str(line.ttl), "IN", *line[2:])),
    )
    assert sorted(set(found)) == by_bind(tmp_path, text)
    assert len(found) > 4
