# SPDX-License-Identifier: Apache-2.0
"""What the system does when a part of it is away, was replaced, or dies: it heals by itself."""

import operator
import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from typing import Any

from tests.servers.bind9 import HOST, Bind9
from tests.servers.designate import Designate
from tests.system.conftest import NewSite
from tests.system.site import addresses, eventually, rcode, served

ZONE_FILE = """$TTL 60
@ IN SOA ns1.example.net. admin.example.net. {serial} 3600 600 86400 3600
@ IN NS ns1.example.net.
elsewhere IN A 192.0.2.66
"""
FUTURE = 500_000
ELSEWHERE = 4_000_000_000
WRITERS = 3
ACKNOWLEDGED = 15
IN_FLIGHT = 6


def test_what_was_missed_while_bind_was_away_is_caught_up_with(new_site: NewSite) -> None:
    """A changed and a deleted zone are in ERROR for BIND's sake, and settle when it is back."""
    site = new_site()
    [server] = site.servers
    changed, gone = site.new_zone("changed.example."), site.new_zone("gone.example.", "old")
    server.stop()
    site.add(changed, "new")
    site.call("DELETE", f"/v2/zones/{gone['id']}")
    site.failed(changed, reason=f"{HOST}#{server.port} does not answer")
    assert site.failed(gone, reason=f"{HOST}: rndc")["action"] == "DELETE"
    # Its name is free only when no server has it any more.
    body = {"name": "gone.example.", "email": "dns@gone.example"}
    assert site.call("POST", "/v2/zones", body).status == 409

    server.start()
    assert site.settled(changed)["status_reason"] is None
    assert served(server, "changed.example.") == site.listed(changed)
    site.wait_gone(f"/v2/zones/{gone['id']}")
    assert rcode(server, "gone.example.") == "REFUSED"
    again = site.new_zone("gone.example.", "new")
    assert served(server, "gone.example.") == site.listed(again)
    assert addresses(server, "old.gone.example.") == []


def test_a_server_that_slept_through_delete_and_create_has_only_the_new(new_site: NewSite) -> None:
    """Half of the servers are enough to go on; the other half wakes up with an old zone."""
    site = new_site(2, threshold=50)
    sleeper = site.servers[1]
    names = ("changed.example.", "gone.example.", "again.example.")
    changed, gone, old = (site.new_zone(name, "old") for name in names)
    for name in names:
        eventually(partial(addresses, sleeper, f"old.{name}"))
    sleeper.stop()
    site.add(changed, "new")
    for zone in (gone, old):
        assert site.call("DELETE", f"/v2/zones/{zone['id']}").status == 202
        site.wait_gone(f"/v2/zones/{zone['id']}")
    new = site.new_zone("again.example.", "new")
    assert new["serial"] > old["serial"]
    site.settled(changed)

    sleeper.start()
    assert f"zone again.example/IN: loaded serial {old['serial']}" in sleeper.log_text()
    eventually(lambda: rcode(sleeper, "gone.example."), until=lambda found: found == "REFUSED")
    for zone in (changed, new):
        serial = site.settled(zone)["serial"]
        eventually(partial(sleeper.serial, zone["name"]), until=partial(operator.eq, serial))
        assert served(sleeper, zone["name"]) == site.listed(zone)
    shown = sleeper.rndc("showzone", "again.example")
    assert new["id"] in shown
    assert old["id"] not in shown
    assert addresses(sleeper, "old.again.example.") == []


def put_by_hand(server: Bind9, zone: Any, serial: int) -> None:
    """Stop the server and give it another version of the zone."""
    server.stop()
    file = server.directory / f"slave.{zone['name']}{zone['id']}"
    file.write_text(ZONE_FILE.format(serial=serial), "ascii")
    file.with_name(f"{file.name}.jnl").unlink(missing_ok=True)


def hear_notify(server: Bind9, who: str) -> None:
    """Write whose NOTIFY the server heeds; it reads that at its start or by `rndc reconfig`."""
    file = server.directory / "named.conf"
    other = "none" if who == HOST else HOST
    text = file.read_text("utf-8")
    file.write_text(
        text.replace(f"allow-notify {{ {other}; }}", f"allow-notify {{ {who}; }}"), "utf-8"
    )


def test_a_zone_put_on_bind_with_a_higher_serial_is_noticed_and_healed(new_site: NewSite) -> None:
    """The zone says that BIND is ahead; our serial moves past, and BIND has our content again."""
    site = new_site(options="masterfile-format text;")
    [server] = site.servers
    zone = site.new_zone("ahead.example.", "ours")
    put_by_hand(server, zone, zone["serial"] + FUTURE)
    # BIND would follow within milliseconds; deaf, it leaves time to look.
    hear_notify(server, "none")
    server.start()
    assert addresses(server, "elsewhere.ahead.example.") == ["192.0.2.66"]
    site.add(zone, "new")
    ahead = f"{HOST}#{server.port} serves serial {zone['serial'] + FUTURE}, which is ahead of us"
    eventually(lambda: site.show(zone)["status_reason"], until=lambda found: found == ahead)

    hear_notify(server, HOST)
    server.rndc("reconfig")
    healed = site.settled(zone)
    assert healed["status_reason"] is None
    assert healed["serial"] > zone["serial"] + FUTURE
    assert server.serial("ahead.example.") == healed["serial"]
    assert served(server, "ahead.example.") == site.listed(zone)
    assert addresses(server, "elsewhere.ahead.example.") == []


def add_by_hand(server: Bind9, name: str, serial: int) -> None:
    """Give the server a primary zone of its own."""
    (server.directory / "by-hand").write_text(ZONE_FILE.format(serial=serial), "ascii")
    server.rndc("addzone", f'{name} {{ type primary; file "by-hand"; }};')
    assert server.serial(name) == serial


def test_a_zone_from_elsewhere_is_replaced_by_ours(new_site: NewSite) -> None:
    """Its name was on BIND before we had it, far ahead; BIND has our content, and keeps it."""
    site = new_site()
    [server] = site.servers
    add_by_hand(server, "elsewhere.example.", ELSEWHERE)
    zone = site.new_zone("elsewhere.example.", "ours")
    assert f"{HOST}: taking over elsewhere.example., not ours so far" in site.log()
    assert site.show(zone)["status_reason"] is None
    assert served(server, "elsewhere.example.") == site.listed(zone)
    server.restart()
    assert served(server, "elsewhere.example.") == site.listed(zone)


def test_a_zone_of_ours_that_was_replaced_by_hand_is_ours_again(new_site: NewSite) -> None:
    """The next change finds BIND ahead, by a zone that no serial moves, and puts ours back."""
    site = new_site()
    [server] = site.servers
    zone = site.new_zone("replaced.example.", "ours")
    server.rndc("delzone", "replaced.example")
    ahead = zone["serial"] + FUTURE
    add_by_hand(server, "replaced.example.", ahead)
    site.add(zone, "new")
    healed = site.settled(zone)
    assert healed["serial"] > ahead
    assert f"replaced.example.: a server is ahead with serial {ahead}" in site.log()
    assert served(server, "replaced.example.") == site.listed(zone)
    assert (server.directory / "by-hand").exists()


def test_what_is_restored_from_an_older_copy_is_served_again(new_site: NewSite) -> None:
    """BIND is ahead of a restored database; the next change takes it back to what we have."""
    site = new_site()
    [server] = site.servers
    zone = site.new_zone("restored.example.", "kept")
    assert site.stop() == 0
    shutil.copytree(site.directory / "state", site.directory / "copy")
    site.start()
    for number in range(30):
        site.add(zone, f"lost{number}")
    lost = site.settled(zone)["serial"]
    assert site.stop() == 0
    shutil.rmtree(site.directory / "state")
    (site.directory / "copy").rename(site.directory / "state")
    assert addresses(server, "lost0.restored.example.") == ["192.0.2.1"]
    site.start()
    site.add(zone, "new")
    healed = site.settled(zone)
    assert healed["serial"] > lost
    assert served(server, "restored.example.") == site.listed(zone)
    assert addresses(server, "lost0.restored.example.") == []


def test_what_was_acknowledged_before_a_crash_is_there_and_served(new_site: NewSite) -> None:
    """SIGKILL among writes loses none that was answered; the next start serves all of them."""
    site = new_site()
    [server] = site.servers
    zone = site.new_zone("crash.example.")
    acknowledged: list[Any] = []

    def write(writer: int) -> None:
        number = 0
        while True:
            try:
                acknowledged.append(site.add(zone, f"w{writer}-{number}", f"192.0.2.{number}"))
            except (OSError, HTTPException):
                return
            number += 1

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(acknowledged) >= ACKNOWLEDGED)
    site.kill()
    for thread in threads:
        thread.join()

    site.start()
    site.settled(zone)
    content = site.listed(zone)
    assert served(server, "crash.example.") == content
    for recordset in acknowledged:
        path = f"/v2/zones/{zone['id']}/recordsets/{recordset['id']}"
        assert site.wait(path, status="ACTIVE")["records"] == recordset["records"]
        assert addresses(server, recordset["name"]) == recordset["records"]


class SlowRequest:
    """A request that the server has begun to read, and of which the body is missing."""

    def __init__(self, api: str, path: str, body: bytes) -> None:
        host, port = api.removeprefix("http://").split(":")
        self._body = body
        self._socket = socket.create_connection((host, int(port)), timeout=20)
        self._stream = self._socket.makefile("rb")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
        )
        self._socket.sendall(head.encode())
        assert b"100 Continue" in self._stream.readline()
        assert self._stream.readline() == b"\r\n"

    def finish(self) -> int:
        """Send the body and return the status of the answer, which must be complete."""
        self._socket.sendall(self._body)
        status = int(self._stream.readline().split()[1])
        headers = {}
        while line := self._stream.readline().strip():
            name, value = line.split(b":", 1)
            headers[name.lower()] = value
        length = int(headers[b"content-length"])
        assert len(self._stream.read(length)) == length
        self._stream.close()
        self._socket.close()
        return status


def refuses(site: Designate) -> bool:
    """Whether the API takes no connection any more."""
    host, port = site.api.removeprefix("http://").split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5):
            return False
    except OSError:
        return True


def test_sigterm_finishes_what_is_in_flight(designate: Designate) -> None:
    """Requests that were begun are answered, no new ones are taken, and what was answered stays."""
    zone = designate.create("/v2/zones", {"name": "term.example.", "email": "dns@term.example"})
    path = f"/v2/zones/{zone['id']}/recordsets"
    names = [f"w{number}.term.example." for number in range(IN_FLIGHT)]
    body = '{{"name": "{}", "type": "A", "records": ["192.0.2.1"]}}'
    requests = [SlowRequest(designate.api, path, body.format(n).encode()) for n in names]
    with ThreadPoolExecutor() as executor:
        stopped = executor.submit(designate.stop)
        eventually(lambda: refuses(designate))
        assert [request.finish() for request in requests] == [202] * IN_FLIGHT
        assert stopped.result() == 0
    designate.start()
    listed = designate.call("GET", f"{path}?type=A").json["recordsets"]
    assert sorted(recordset["name"] for recordset in listed) == names
