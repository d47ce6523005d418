# SPDX-License-Identifier: Apache-2.0
"""Notifications go by the drivers that the configuration names, and a failure is told."""

import logging
from pathlib import Path

import pytest

from designate import conf
from designate.errors import ConfigurationError, MessagingUnavailable
from designate.events.notifier import Event, Notifier
from tests.servers.bind9 import free_port

EVENT = Event("11111111-2222-4333-8444-555555555555", "dns.zone.exists", {"name": "example.org."})


def notifier(folder: Path, *lines: str) -> Notifier:
    """One with these lines in `[oslo_messaging_notifications]`."""
    file = folder / "designate.conf"
    file.write_text("\n".join(["[oslo_messaging_notifications]", *lines]), "utf-8")
    return Notifier(conf.load([str(file)]), "producer.here")


def test_without_a_driver_nothing_is_sent(tmp_path: Path) -> None:
    """Nor with the one that does nothing; no broker is asked for."""
    for lines in ([], ["driver ="], ["driver = noop"]):
        assert not notifier(tmp_path, *lines).is_on


def test_drivers_of_the_library_are_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The message is the library's, with an id that the sender chose."""
    with caplog.at_level(logging.INFO, "oslo.messaging.notification.dns.zone.exists"):
        notifier(tmp_path, "driver = log", "transport_url = fake:/").send(EVENT)
    assert EVENT.id in caplog.text
    assert "producer.here" in caplog.text


def test_a_driver_that_nobody_has_is_refused(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(ConfigurationError, match="carrier-pigeon"):
        notifier(tmp_path, "driver = carrier-pigeon", "transport_url = fake:/")


def test_a_broker_that_is_away_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without what was to be sent, and soon."""
    url = f"transport_url = rabbit://u:hush@127.0.0.1:{free_port()}/"
    away = notifier(tmp_path, "driver = messagingv2", url)
    with pytest.raises(MessagingUnavailable, match="could not be sent"):
        away.send(EVENT)
    away.close()
    assert "example.org." not in caplog.text
    assert "hush" not in caplog.text
