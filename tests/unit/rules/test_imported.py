# SPDX-License-Identifier: Apache-2.0
"""What a SOA of a zone file says of the zone, and how problems are told in one line."""

import pytest

from designate.errors import BadRequest, InvalidObject, Problem, ZoneNotFound
from designate.model import soa
from designate.rdata import names
from designate.rules import access, imported
from designate.wire.zonefile import Line
from tests.unit.central.site import caller


def apex(text: str) -> imported.Apex:
    """The apex of example.org. with this SOA."""
    return imported.Apex("example.org.", Line("example.org.", 300, "SOA", text))


def test_the_soa_is_taken_apart() -> None:
    """Refresh and minimum are the service's, so they are not kept."""
    found = apex("ns.x. dns\\.admin.x.org. 7 1 2 3 4")
    assert (found.email, found.serial, found.retry, found.expire) == ("dns.admin@x.org", 7, 2, 3)
    new = found.zone({"a": "b"})
    assert (new.name, new.email, new.ttl) == ("example.org.", "dns.admin@x.org", 300)
    assert new.attributes == {"a": "b"}


@pytest.mark.parametrize("text", ["ns.x. a.b. 1 2 3 4", "\\# 4 00000000"])
def test_a_soa_without_seven_fields_is_malformed(text: str) -> None:
    """Such as one in the form of unknown types."""
    with pytest.raises(BadRequest, match="malformed"):
        apex(text)


@pytest.mark.parametrize("rname", [".", "org.", r"a\@b.org.", r"a\032b.org.", r"a\000.org."])
def test_an_rname_that_is_no_mailbox_is_told(rname: str) -> None:
    """Clients could not change such a zone: its e-mail would not pass their checks."""
    with pytest.raises(InvalidObject, match="e-mail"):
        soa.email(names.to_wire(rname))


@pytest.mark.parametrize("email", ["a@b.org", "a.b@c.org", "a+b@c-d.org", r"a\b@c.org", "$(@c.org"])
def test_a_mailbox_survives_the_soa(email: str) -> None:
    """From text to RNAME and back (RFC 1035 section 8)."""
    assert soa.email(names.to_wire(soa.rname(email))) == email


def test_a_problem_is_told_in_one_line() -> None:
    """The first one, with the rule that it breaks; else what the error says of itself."""
    problem = Problem(("records", 0), "'x' is not a 'A' Record", "format", ["A"], "Four numbers.")
    assert (
        imported.describe(InvalidObject(problems=[problem])) == f"{problem.message}: Four numbers."
    )
    assert imported.describe(InvalidObject("no")) == "no"
    assert imported.describe(BadRequest()) == "bad_request"


@pytest.mark.parametrize(
    ("name", "rtype", "generated"),
    [
        ("EXAMPLE.org.", "NS", True),
        ("example.org.", "SOA", True),
        ("sub.example.org.", "NS", False),
        ("example.org.", "MX", False),
    ],
)
def test_soa_and_ns_of_the_apex_are_the_services(name: str, rtype: str, *, generated: bool) -> None:
    """Delegations stay."""
    assert imported.is_generated(Line(name, 1, rtype, ""), "Example.org.") == generated


def test_nobody_sees_what_is_not_there() -> None:
    """No switch helps."""
    with pytest.raises(ZoneNotFound):
        access.visible(caller(all_projects=True), None)
