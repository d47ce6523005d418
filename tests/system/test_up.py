# SPDX-License-Identifier: Apache-2.0
"""The flags of `designate up`, and how it refuses what cannot work."""

import contextlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dns.message
import dns.query
import pytest

from tests.servers.bind9 import free_port
from tests.servers.designate import Designate

PROGRAM = str(Path(sys.executable).parent / "designate")
TIMEOUT = 20.0
NEW = "ns1.new.example."


def up(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `designate up` that is expected to end by itself."""
    return subprocess.run(
        [PROGRAM, "up", *arguments], capture_output=True, text=True, timeout=TIMEOUT, check=False
    )


@pytest.mark.parametrize("flag", ["--api-listen", "--dns-listen"])
def test_addresses_beyond_loopback_need_a_word(tmp_path: Path, flag: str) -> None:
    """Nobody authenticates, so the way out must be asked for."""
    ended = up("--state-dir", str(tmp_path), flag, "0.0.0.0:0")
    assert ended.returncode == 1
    assert "--allow-remote" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_cannot_work_is_said_in_one_line(tmp_path: Path) -> None:
    """A missing file, a wrong option and a wrong address end with a message, not a traceback."""
    state = ("--state-dir", str(tmp_path / "state"))
    wrong = tmp_path / "designate.conf"
    wrong.write_text("[service:central]\nmin_ttl = soon\n", "utf-8")
    for arguments, words in (
        (("--pools", str(tmp_path / "none.yaml")), "none.yaml"),
        (("--config-file", str(wrong)), "min_ttl"),
        (("--api-listen", "nowhere"), "host:port"),
    ):
        ended = up(*state, "--dns-listen", "127.0.0.1:0", *arguments)
        assert ended.returncode in (1, 2)
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_second_process_on_the_same_state_is_refused(designate: Designate) -> None:
    """Two would take each other's work."""
    state = str(designate.directory / "state")
    ended = up("--state-dir", state, "--api-listen", f"127.0.0.1:{free_port()}")
    assert ended.returncode == 1
    assert "in use by another process" in ended.stderr


def test_configured_quotas_and_limits_hold(tmp_path: Path) -> None:
    """Unlimited is only the default here."""
    conf = tmp_path / "designate.conf"
    conf.write_text("[DEFAULT]\nquota_zones = 1\n[service:central]\nmin_ttl = 60\n", "utf-8")
    server = Designate(tmp_path / "designate", "--config-file", str(conf))
    server.start()
    try:
        limits = server.call("GET", "/v2/limits").json
        assert (limits["max_zones"], limits["min_ttl"]) == (1, 60)
        assert limits["max_zone_recordsets"] == -1
        server.create("/v2/zones", {"name": "one.example.", "email": "dns@one.example"})
        second = server.call(
            "POST", "/v2/zones", {"name": "two.example.", "email": "dns@two.example"}
        )
        assert (second.status, second.json["type"]) == (413, "over_quota")
    finally:
        server.stop()


def test_new_ns_records_of_a_pool_reach_its_zones(tmp_path: Path) -> None:
    """A zone made before the change serves the new NS set and MNAME, as a version of its own."""
    pools = tmp_path / "pools.yaml"
    port = free_port()
    text = (
        "- name: default\n"
        "  ns_records: [{{hostname: {ns}, priority: 1}}]\n"
        "  nameservers: [{{host: 127.0.0.1, port: {port}}}]\n"
        "  targets: [{{type: embedded}}]\n"
    )
    pools.write_text(text.format(ns="ns1.old.example.", port=port), "utf-8")
    server = Designate(tmp_path / "designate", "--pools", str(pools))
    server.dns = ("127.0.0.1", port)
    server.start()
    try:
        zone = server.create("/v2/zones", {"name": "a.example.", "email": "dns@a.example"})
        path = f"/v2/zones/{zone['id']}"
        before = server.wait(path, status="ACTIVE")
        server.stop()
        pools.write_text(text.format(ns=NEW, port=port), "utf-8")
        server.start()
        server.wait(f"{path}/nameservers", nameservers=[{"priority": 1, "hostname": NEW}])
        after = wait_for_ns(server, "a.example.", NEW)
        assert after > before["serial"]
        server.wait(path, status="ACTIVE", serial=after)
    finally:
        server.stop()


def wait_for_ns(server: Designate, zone: str, hostname: str) -> int:
    """Wait until the zone's NS set is this name; the serial of its SOA, whose MNAME it is too."""
    host, port = server.dns
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        answer = dns.query.udp(dns.message.make_query(zone, "NS"), host, TIMEOUT, port)
        if [record.to_text() for record in answer.answer[0]] == [hostname]:
            soa = dns.query.udp(dns.message.make_query(zone, "SOA"), host, TIMEOUT, port)
            assert soa.answer[0][0].mname.to_text() == hostname
            return int(soa.answer[0][0].serial)
        time.sleep(0.02)
    raise AssertionError(f"{zone} still has {answer.answer}")


def test_its_services_report_themselves(tmp_path: Path) -> None:
    """All of them by one process, again and again; once it has ended they are known to stand."""
    conf = tmp_path / "designate.conf"
    words = "[DEFAULT]\nhost = node-1\n[heartbeat_emitter]\nheartbeat_interval = 0.1\n"
    conf.write_text(words, "utf-8")
    server = Designate(tmp_path / "designate", "--config-file", str(conf))

    def shown() -> list[dict[str, str]]:
        found = server.call("GET", "/v2/service_statuses?sort_key=service_name").json
        services: list[dict[str, str]] = found["service_statuses"]
        return services

    def until(holds: Callable[[list[dict[str, str]]], bool]) -> list[dict[str, str]]:
        deadline = time.monotonic() + TIMEOUT
        while not holds(services := shown()):
            assert time.monotonic() < deadline, services
            time.sleep(0.05)
        return services

    server.start()
    try:
        first = until(lambda services: len(services) == 5)
        assert [one["service_name"] for one in first] == [
            *("api", "central", "mdns", "producer", "worker")
        ]
        assert {(one["hostname"], one["status"]) for one in first} == {("node-1", "UP")}
        beat = first[0]["heartbeated_at"]
        until(lambda services: all(one["heartbeated_at"] > beat for one in services))
    finally:
        server.stop()
    database = sqlite3.connect(tmp_path / "designate" / "state" / "designate.sqlite")
    with contextlib.closing(database):
        stored = database.execute("SELECT DISTINCT status FROM service_statuses").fetchall()
    assert stored == [("STOPPED",)]
