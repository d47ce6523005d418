# SPDX-License-Identifier: Apache-2.0
"""The exact commands that BIND gets, from an rndc that writes them down."""

import json
import re
import sys
import time
from pathlib import Path

import pytest

from designate.backends.base import MAX_CALL, REFUSED, UNREACHABLE, BackendError, ZoneRef
from designate.backends.bind9 import DEFAULT_ROOT_HELPER, Bind9
from designate.model.pools import Endpoint, Target

ZONE = ZoneRef("5c7f0000-id", "example.org.")
FILE = "slave.example.org.5c7f0000-id"
DEFINITION = (
    "example.org { type slave; masters { 192.0.2.1 port 5354; }; "
    'file "slave.example.org.5c7f0000-id"; };'
)
STUB = """#!{python} -S
import json, os, sys, time
folder = {folder!r}
with open(os.path.join(folder, "calls"), "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
with open(os.path.join(folder, "answers")) as answers:
    table = json.load(answers)
for word, (code, text, pause) in table.items():
    if word in sys.argv:
        time.sleep(pause)
        (sys.stderr if code else sys.stdout).write(text)
        sys.exit(code)
"""


class Rndc:
    """A stand-in for rndc: answers by command, and the arguments of each call in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "rndc"
        self.path.write_text(STUB.format(python=sys.executable, folder=str(folder)), "utf-8")
        self.path.chmod(0o755)
        self.answer()

    def answer(self, **answers: tuple[int, str] | tuple[int, str, float]) -> None:
        """Exit with a code and a text, after a pause, for each of these commands."""
        table = {word: [*answer, 0][:3] for word, answer in answers.items()}
        (self.folder / "answers").write_text(json.dumps(table), "utf-8")

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of the calls."""
        lines = (self.folder / "calls").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def commands(self) -> list[list[str]]:
        """The calls without what says where the server is."""
        return [call[4:] for call in self.calls]

    def target(self, *masters: str, **options: str) -> Target:
        """A target that is spoken to by it."""
        ends = [Endpoint(host=host, port=5354) for host in masters or ("192.0.2.1",)]
        return Target(
            type="bind9", masters=ends, options={"rndc_bin_path": str(self.path)} | options
        )


@pytest.fixture
def rndc(tmp_path: Path) -> Rndc:
    """A stand-in that answers nothing, with success."""
    return Rndc(tmp_path)


def shown(file: str, *masters: str) -> str:
    """What showzone prints."""
    listed = " ".join(f"{master};" for master in masters)
    return f'zone "example.org" {{ type slave; file "{file}"; masters {{ {listed} }}; }};\n'


def test_create_adds_the_zone(rndc: Rndc) -> None:
    """One command, the zone and its definition in one argument."""
    Bind9().create_zone(ZONE, rndc.target())
    assert rndc.calls == [["-s", "127.0.0.1", "-p", "953", "addzone", DEFINITION]]


def test_options_say_where_the_server_is(rndc: Rndc) -> None:
    """Files, address, port and view."""
    target = rndc.target(
        rndc_host="192.0.2.9",
        rndc_port="1953",
        rndc_config_file="/etc/rndc.conf",
        rndc_key_file="/etc/rndc.key",
        view="inside",
    )
    Bind9().create_zone(ZONE, target)
    place = ["-s", "192.0.2.9", "-p", "1953", "-c", "/etc/rndc.conf", "-k", "/etc/rndc.key"]
    assert rndc.calls == [[*place, "addzone", DEFINITION.replace(" {", " in inside {", 1)]]


def test_masters_come_in_any_order(rndc: Rndc) -> None:
    """So that the transfers of many zones spread."""
    target = rndc.target("192.0.2.1", "2001:db8::1")
    for _ in range(12):
        Bind9().create_zone(ZONE, target)
    texts = {call[-1].partition("masters")[2].partition(" file")[0] for call in rndc.calls}
    assert texts == {
        " { 192.0.2.1 port 5354; 2001:db8::1 port 5354; };",
        " { 2001:db8::1 port 5354; 192.0.2.1 port 5354; };",
    }


def test_near_masters_come_first(rndc: Rndc) -> None:
    """In any order, and before the others."""
    target = rndc.target(*(f"192.0.2.{n}" for n in range(1, 5)), near_masters="192.0.2.3,192.0.2.4")
    for _ in range(40):
        Bind9().create_zone(ZONE, target)
    found = {tuple(re.findall(r"192\.0\.2\.(\d)", call[-1])) for call in rndc.calls}
    assert {frozenset(order[:2]) for order in found} == {frozenset("34")}
    assert len(found) == 4


def test_a_master_in_the_zone_of_its_target_is_near() -> None:
    """Besides those that the option names; where nobody says where he is, none is."""
    here, there = (
        Endpoint(host=f"192.0.2.{number}", availability_zone=zone)
        for number, zone in ((1, "az1"), (2, "az2"))
    )
    masters = [here, there, Endpoint(host="192.0.2.3")]
    for options, near in (
        ({"availability_zone": "az1"}, {"192.0.2.1"}),
        ({"availability_zone": "az1", "near_masters": "192.0.2.3"}, {"192.0.2.1", "192.0.2.3"}),
        ({"availability_zone": "az3"}, set()),
        ({}, set()),
    ):
        assert Target(type="bind9", masters=masters, options=options).near_masters == near


@pytest.mark.parametrize(("first", "commands"), [("192.0.2.2", 2), ("192.0.2.1", 3)])
def test_masters_are_changed_where_a_near_one_is_not_first(
    rndc: Rndc, first: str, commands: int
) -> None:
    """The pool has told of it after the zone was added."""
    both = ["192.0.2.1", "192.0.2.2"]
    listed = sorted((f"{host} port 5354" for host in both), key=lambda text: first not in text)
    rndc.answer(addzone=(1, "already exists"), showzone=(0, shown(FILE, *listed)))
    Bind9().create_zone(ZONE, rndc.target(*both, near_masters="192.0.2.2"))
    assert len(rndc.commands()) == commands


def test_a_zone_that_is_there_already_is_compared(rndc: Rndc) -> None:
    """Ours, with our masters: nothing more."""
    rndc.answer(
        addzone=(1, "rndc: 'addzone' failed: already exists\n"),
        showzone=(0, shown(FILE, "192.0.2.1 port 5354")),
    )
    Bind9().create_zone(ZONE, rndc.target())
    assert rndc.commands() == [["addzone", DEFINITION], ["showzone", "example.org"]]


def test_other_masters_are_changed(rndc: Rndc) -> None:
    """The zone keeps its content."""
    rndc.answer(
        addzone=(1, "rndc: 'addzone' failed: already exists\n"),
        showzone=(0, shown(FILE, "192.0.2.1 port 5354", "192.0.2.2")),
    )
    Bind9().create_zone(ZONE, rndc.target())
    assert rndc.commands()[2:] == [["modzone", DEFINITION]]


def test_another_incarnation_is_replaced(rndc: Rndc) -> None:
    """Only a new zone forgets the serial of the old one; here BIND goes on to have it."""
    rndc.answer(
        addzone=(1, "rndc: 'addzone' failed: already exists\n"),
        showzone=(0, shown("slave.example.org.0000-old", "192.0.2.1 port 5354")),
    )
    with pytest.raises(BackendError, match="already exists"):
        Bind9().create_zone(ZONE, rndc.target())
    assert rndc.commands() == [
        ["addzone", DEFINITION],
        ["showzone", "example.org"],
        ["delzone", "example.org"],
        ["addzone", DEFINITION],
    ]


PRIMARY = 'zone "example.org" { type primary; file "example.org.db"; };'
SECONDARY = 'zone "example.org" { type secondary; file "db"; primaries { 192.0.2.1 port 5354; }; };'


@pytest.mark.parametrize("there", [PRIMARY, SECONDARY], ids=["primary", "secondary"])
def test_a_zone_from_elsewhere_is_taken_over_and_its_file_stays(
    rndc: Rndc, caplog: pytest.LogCaptureFixture, there: str
) -> None:
    """The log says so, and there is no -clean; here BIND goes on to have the zone."""
    rndc.answer(
        addzone=(1, "already exists"),
        showzone=(0, there),
        zonestatus=(0, "type: primary\nreconfigurable via modzone: yes\n"),
    )
    with pytest.raises(BackendError, match="already exists"):
        Bind9().create_zone(ZONE, rndc.target(host="192.0.2.9", clean_zonefile="true"))
    assert rndc.commands() == [
        ["addzone", DEFINITION],
        ["showzone", "example.org"],
        ["zonestatus", "example.org"],
        ["delzone", "example.org"],
        ["addzone", DEFINITION],
    ]
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "192.0.2.9: taking over example.org., not ours so far")
    ]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ((0, "reconfigurable via modzone: no\n"), "is there already, not ours but in named.conf"),
        ((1, "rndc: 'zonestatus' failed: zone not loaded"), "not ours and not loaded"),
        ((1, "rndc: 'zonestatus' failed: permission denied"), "permission denied"),
    ],
    ids=["in named.conf", "not loaded", "not told"],
)
def test_a_zone_that_named_conf_may_have_stays(
    rndc: Rndc, status: tuple[int, str], reason: str
) -> None:
    """With an added zone of the same name beside it, named would not start any more."""
    rndc.answer(addzone=(1, "already exists"), showzone=(0, PRIMARY), zonestatus=status)
    with pytest.raises(BackendError, match=reason) as caught:
        Bind9().create_zone(ZONE, rndc.target())
    assert caught.value.code == REFUSED
    assert [command[0] for command in rndc.commands()] == ["addzone", "showzone", "zonestatus"]


@pytest.mark.parametrize(
    ("hard", "clean_zonefile", "expected"),
    [(False, "", []), (True, "", ["-clean"]), (False, "true", ["-clean"]), (False, "0", [])],
)
def test_delete_looks_first_and_cleans_when_asked(
    rndc: Rndc, *, hard: bool, clean_zonefile: str, expected: list[str]
) -> None:
    """`clean_zonefile` is a text, as every option."""
    rndc.answer(showzone=(0, shown(FILE, "192.0.2.1")))
    Bind9().delete_zone(ZONE, rndc.target(clean_zonefile=clean_zonefile), hard=hard)
    assert rndc.commands() == [["showzone", "example.org"], ["delzone", *expected, "example.org"]]


@pytest.mark.parametrize(
    "answer",
    [
        (1, "rndc: 'showzone' failed: not found\n"),
        (0, shown("slave.example.org.0000-newer", "192.0.2.1")),
        (0, PRIMARY),
    ],
    ids=["none", "a newer incarnation", "somebody else's"],
)
def test_delete_is_done_when_the_zone_is_not_there(rndc: Rndc, answer: tuple[int, str]) -> None:
    """What is there instead stays."""
    rndc.answer(showzone=answer)
    Bind9().delete_zone(ZONE, rndc.target(), hard=True)
    assert rndc.commands() == [["showzone", "example.org"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rndc: connect failed: 127.0.0.1#953: connection refused", UNREACHABLE),
        ("rndc: connection to remote host closed.\n* This may indicate that the", UNREACHABLE),
        ("rndc: 'addzone' failed: permission denied", REFUSED),
    ],
)
def test_failures_of_the_server_and_of_the_way_to_it_differ(
    rndc: Rndc, text: str, code: str
) -> None:
    """When the server cannot be spoken to, other zones need not try."""
    rndc.answer(addzone=(1, text))
    with pytest.raises(BackendError) as caught:
        Bind9().create_zone(ZONE, rndc.target(host="192.0.2.9"))
    assert caught.value.code == code
    assert caught.value.text.startswith("192.0.2.9: rndc addzone: ")
    assert "\n" not in caught.value.text


def test_a_missing_rndc_is_told(rndc: Rndc) -> None:
    """Nobody can be spoken to without it."""
    with pytest.raises(BackendError, match="No such file") as caught:
        Bind9().probe(rndc.target(rndc_bin_path=str(rndc.folder / "nowhere")))
    assert caught.value.code == UNREACHABLE


def test_a_call_ends_in_time(rndc: Rndc) -> None:
    """`rndc_timeout` bounds all the commands of a call together."""
    rndc.answer(status=(0, "", 5.0))
    began = time.monotonic()
    with pytest.raises(BackendError, match="no answer in time"):
        Bind9().probe(rndc.target(rndc_timeout="0.3"))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("given", "seconds"), [("", 10.0), ("0", 10.0), ("3", 3.0), ("900", MAX_CALL)]
)
def test_the_timeout_has_a_default_and_a_bound(rndc: Rndc, given: str, seconds: float) -> None:
    """No call outlives a lease."""
    assert Bind9().timeout(rndc.target(rndc_timeout=given)) == seconds


def test_names_with_slashes_have_files_in_the_same_folder(rndc: Rndc) -> None:
    """RFC 2317 zones."""
    Bind9().create_zone(ZoneRef("id", "0/25.2.0.192.in-addr.arpa."), rndc.target())
    (call,) = rndc.calls
    assert call[-1].startswith("0/25.2.0.192.in-addr.arpa {")
    assert 'file "slave.0%2F25.2.0.192.in-addr.arpa.id";' in call[-1]


def test_a_name_that_could_be_configuration_is_refused(rndc: Rndc) -> None:
    """Nothing of it reaches named."""
    with pytest.raises(BackendError, match="cannot be given"):
        Bind9().create_zone(ZoneRef("id", 'x { };"; evil.'), rndc.target())
    assert not (rndc.folder / "calls").exists()


def test_only_a_root_helper_of_ones_own_is_used(rndc: Rndc) -> None:
    """rndc needs a key, not root."""
    Bind9(DEFAULT_ROOT_HELPER).probe(rndc.target())
    Bind9(f"{rndc.path} as root").probe(rndc.target())
    first, second = rndc.calls
    assert first == ["-s", "127.0.0.1", "-p", "953", "status"]
    assert second == ["as", "root", str(rndc.path), *first]
