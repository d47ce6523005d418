# SPDX-License-Identifier: Apache-2.0
"""Domain names: grammars of API section 5.1, wire form, keys."""

import dns.name
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.rdata import names
from tests.unit.rdata.strategies import domains, wire_names

LONGEST = ".".join(["a" * 63] * 3 + ["a" * 61]) + "."
TOO_LONG = ".".join(["a" * 63] * 3 + ["a" * 62]) + "."


@pytest.mark.parametrize(
    "name",
    ["com.", "example.com.", "_dmarc.example.com.", "A-b.9.", "xn--a.x.", "192.0.2.1.", LONGEST],
)
def test_domains(name: str) -> None:
    """Labels of letters, digits, hyphens and underscores, each with a dot, are a domain."""
    assert names.is_domain(name)
    assert names.is_host(name)
    assert names.is_host("*." + name) is (name != LONGEST)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "com",
        "a..b.",
        ".a.",
        "-a.b.",
        "a-.b.",
        "a b.",
        "a/b.",
        r"a\.b.",
        "a.b.\n",
        "a\n.b.",
        "é.x.",
        "\u212a.x.",
        "a" * 64 + ".",
        TOO_LONG,
        "x.*.y.",
        "a*.y.",
        "**.y.",
    ],
)
def test_no_domains(name: str) -> None:
    """Everything else is neither a domain nor a host, and there is a reason."""
    assert not names.is_domain(name)
    assert not names.is_host(name)
    assert names.domain_fault(name).endswith(".")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("www.example.com", "end with a dot"),
        (".", "root"),
        ("é.x.", "ASCII"),
        ("a" * 64 + ".", "label exceeds 63"),
        (TOO_LONG, "name exceeds 255"),
        ("a/b.", "letters, digits"),
    ],
)
def test_the_fault_of_a_name_is_told(name: str, fault: str) -> None:
    """The reason names the rule that was broken."""
    assert fault in names.domain_fault(name)


@pytest.mark.parametrize("name", ["_sip._tcp.example.com.", "_1._2._3.x.com.", "_a._b.c."])
def test_srv_names(name: str) -> None:
    """A service and a protocol, each with an underscore, stand before a domain."""
    assert names.is_srv(name)


@pytest.mark.parametrize(
    "name", ["www.x.", "_sip.example.com.", "*._tcp.x.", "_sip._tcp.", "_a-._b.c.", "_a.b.c."]
)
def test_no_srv_names(name: str) -> None:
    """Fewer than two underscored labels, or nothing after them, is no SRV name."""
    assert not names.is_srv(name)


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (".", b"\0"),
        ("Www.x.", b"\3Www\1x\0"),
        (r"a\.b.x.", b"\3a.b\1x\0"),
        (r"a\032b.x.", b"\3a b\1x\0"),
        (r"\255\000.", b"\2\xff\0\0"),
        (r"a\\.x.", b"\2a\\\1x\0"),
        ("a!b;c.", b"\5a!b;c\0"),
    ],
)
def test_text_to_wire(text: str, wire: bytes) -> None:
    """Escapes are resolved and the case is kept."""
    assert names.to_wire(text) == wire


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a..b.",
        ".a.",
        "a b.",
        'a"b.',
        "é.",
        "a\n.",
        "\\256.",
        "\\25.",
        "\\",
        "a.\\",
        "a" * 64 + ".",
        r"\001" * 64 + ".",
        TOO_LONG,
        "\ud800.",
    ],
)
def test_text_that_has_no_wire_form(text: str) -> None:
    """Broken escapes, empty labels, and names over the limits raise InvalidName."""
    with pytest.raises(names.InvalidName) as refused:
        names.to_wire(text)
    assert refused.value.reason.endswith(".")


@pytest.mark.parametrize(
    "wire", [b"", b"\1", b"\1a", b"\xc0\x0c", b"\x40" + b"a" * 64 + b"\0", b"\x3fa" * 64]
)
def test_bytes_that_are_no_name(wire: bytes) -> None:
    """Truncated, compressed and over-long names raise InvalidName."""
    with pytest.raises(names.InvalidName):
        names.from_wire(wire)


def test_the_longest_name_is_255_bytes() -> None:
    """A name of 255 bytes passes both ways, one of 256 neither way."""
    wire = names.to_wire(LONGEST)
    assert len(wire) == names.MAX_NAME
    assert names.from_wire(b"\0" + wire + b"rest", 1) == (LONGEST, 256)
    with pytest.raises(names.InvalidName):
        names.from_wire(wire.replace(b"\x3d" + b"a" * 61, b"\x3e" + b"a" * 62))


@settings(max_examples=50)
@given(wire_names())
def test_any_wire_name_survives_its_text_and_reads_the_same_elsewhere(wire: bytes) -> None:
    """The text of any name is the name again, here and for dnspython."""
    text, end = names.from_wire(wire)
    assert end == len(wire)
    assert names.to_wire(text) == wire
    assert dns.name.from_text(text).to_wire() == wire


@settings(max_examples=50)
@given(domains())
def test_domains_render_as_dnspython_renders_them(name: str) -> None:
    """A domain's wire form is the same by both paths and by dnspython."""
    assert names.is_domain(name)
    assert names.encode_domain(name) == names.to_wire(name) == dns.name.from_text(name).to_wire()


@settings(max_examples=50)
@given(st.text())
def test_any_text_is_a_name_or_an_invalid_name(text: str) -> None:
    """No text raises anything but InvalidName."""
    for name in (text, text + ".", text + "\\"):
        try:
            names.to_wire(name)
        except names.InvalidName as refused:
            assert refused.reason
        assert all(isinstance(label, str) for label in names.labels(name))


def test_labels() -> None:
    """Labels are split at unescaped dots."""
    assert names.labels("www.example.com.") == ["www", "example", "com"]
    assert names.labels(r"a\.b.c.") == [r"a\.b", "c"]
    assert names.labels("a.b") == ["a", "b"]
    assert names.labels(".") == names.labels("") == []
