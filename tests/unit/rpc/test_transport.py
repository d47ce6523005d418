# SPDX-License-Identifier: Apache-2.0
"""What oslo.messaging is given."""

from pathlib import Path

import pytest

from designate import conf as configuration
from designate.errors import ConfigurationError
from designate.rpc.transport import RABBIT, Transport, often_enough


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("count", range(1, 10))
def test_every_host_is_come_by(count: int, step: int) -> None:
    """However far the library goes on after a failure; a single host is given once."""
    hosts = often_enough(range(count))
    come_by = {hosts[turn * step % len(hosts)] for turn in range(len(hosts))}
    assert come_by == set(range(count))


def test_no_host_is_given_without_a_reason() -> None:
    """One stays alone, none stays none."""
    assert often_enough(["a"]) == ["a"]
    assert often_enough([]) == []


@pytest.mark.parametrize(
    "url",
    [
        "rabbit://designate:pa/ss@host/",
        "rabbit://designate:pa[ss@host/",
        "rabbit://designate:pass@host:port/",
    ],
)
def test_a_url_that_is_none_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    """A slash in a password is the usual mistake: what follows it is no port."""
    file = tmp_path / "designate.conf"
    file.write_text(f"[DEFAULT]\ntransport_url = {url}\n", "utf-8")
    with pytest.raises(ConfigurationError, match="transport_url: ") as raised:
        Transport(configuration.load([str(file)]))
    assert "pa" not in str(raised.value).replace("password", "").split(": ", 1)[1]


TLS = "[DEFAULT]\ntransport_url = rabbit://d:p@127.0.0.1:1/\n[oslo_messaging_rabbit]\nssl = true\n"


def test_without_authorities_nobody_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system without any is told at start, not taken for a wish to believe everybody."""
    monkeypatch.setattr("designate.rpc.transport.DEFAULTS", {RABBIT: {"ssl_ca_file": None}})
    file = tmp_path / "designate.conf"
    file.write_text(TLS, "utf-8")
    with pytest.raises(ConfigurationError, match="ssl_ca_file"):
        Transport(configuration.load([str(file)]))


def test_a_certificate_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """At start, with the options that name it."""
    file = tmp_path / "designate.conf"
    file.write_text(f"{TLS}ssl_ca_file = x\nssl_cert_file = {tmp_path}/none\n", "utf-8")
    with pytest.raises(ConfigurationError, match="ssl_cert_file"):
        Transport(configuration.load([str(file)]))
