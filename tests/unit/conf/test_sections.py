# SPDX-License-Identifier: Apache-2.0
"""Sections of the configuration: names, defaults, spellings, and values that become settings."""

from dataclasses import FrozenInstanceError, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from designate import conf
from designate.conf import producer
from designate.conf.addresses import Endpoint


class Read:
    """Reads settings from text."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __call__(self, text: str) -> conf.Settings:
        """The settings of a file with this text."""
        self.file.write_text(text)
        return conf.settings(conf.load([str(self.file)]))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Settings from the text of a file."""
    return Read(tmp_path / "designate.conf")


def test_defaults_are_those_of_upstream(read: Read) -> None:
    """An empty file gives the documented values."""
    found = read("")
    assert found.default.default_ttl == 3600
    assert found.default.default_soa_refresh_min == 3500
    assert found.default.quota_zones == 10
    assert found.default.supported_record_type[:3] == ("A", "AAAA", "CNAME")
    assert len(found.default.supported_record_type) == 17
    assert found.api.listen == (Endpoint("0.0.0.0", 9001),)
    assert found.api.auth_strategy == "keystone"
    assert (found.api.default_limit_v2, found.api.max_limit_v2) == (20, 1000)
    assert found.api.max_import_size == 64 * 1024 * 1024
    assert found.central.default_pool_id == "794ccc2c-d751-44fe-b57f-8894c9f5c842"
    assert found.central.scheduler_filters == ("default_pool",)
    assert found.worker.threshold_percentage == 100
    assert found.mdns.listen == (Endpoint("0.0.0.0", 5354),)
    assert found.mdns.allow_transfer == ()
    assert found.producer.enabled_tasks == ()
    assert found.storage.connection == "sqlite:////var/lib/designate/designate.sqlite"
    assert found.coordination.backend_url is None
    assert found.middleware.max_request_body_size == 114688


@pytest.mark.parametrize("section", conf.SECTIONS, ids=lambda section: section.GROUP)
def test_every_option_is_in_the_settings(section: Any) -> None:
    """No option is declared and then lost; none is read that is not declared."""
    names = {field.name for field in fields(section.Settings)} - {"tasks"}
    assert names == {option.dest for option in section.OPTIONS}


def test_every_option_says_what_it_is_for() -> None:
    """Help is what the generated sample file consists of."""
    assert [option.name for _, option in conf.OPTIONS if not option.help] == []


@pytest.mark.parametrize("name", ["threshold-percentage", "threshold_percentage"])
def test_both_spellings_of_the_threshold_are_read(read: Read, name: str) -> None:
    """Upstream declares it with a hyphen and everybody writes an underscore."""
    assert read(f"[service:worker]\n{name} = 50\n").worker.threshold_percentage == 50


def test_former_names_are_read(read: Read) -> None:
    """Aliases of upstream keep working."""
    found = read(
        "[DEFAULT]\ndefault_soa_refresh = 100\n[service:central]\nmax_record_name_len = 99\n"
    )
    assert found.default.default_soa_refresh_min == 100
    assert found.central.max_recordset_name_len == 99


def test_addresses_and_networks_are_parsed(read: Read) -> None:
    """Services receive addresses, not text."""
    found = read("[service:mdns]\nlisten = [::1]:0, 127.0.0.1:53\nallow_transfer = 192.0.2.0/24\n")
    assert found.mdns.listen == (Endpoint("::1", 0), Endpoint("127.0.0.1", 53))
    assert found.mdns.allow_transfer == (ip_network("192.0.2.0/24"),)


def test_the_database_section_fills_what_storage_leaves_open(read: Read) -> None:
    """Pools are often configured in [database]; [storage:sqlalchemy] wins where both speak."""
    found = read(
        "[storage:sqlalchemy]\nmax_pool_size = 7\n"
        "[database]\nmax_pool_size = 9\nmax_overflow = 3\nconnection = sqlite:///a\n"
    )
    assert found.storage.max_pool_size == 7
    assert found.storage.max_overflow == 3
    assert found.storage.connection == "sqlite:///a"


def test_a_program_sets_defaults_below_the_file_and_overrides_above(tmp_path: Path) -> None:
    """What `designate up` does with its flags."""
    file = tmp_path / "designate.conf"
    file.write_text("[database]\nconnection = sqlite:///file\n")
    options = conf.load([str(file)])
    options.set_default("connection", "sqlite:///default", "storage:sqlalchemy")
    assert conf.settings(options).storage.connection == "sqlite:///file"
    options.set_override("connection", "sqlite:///flag", "storage:sqlalchemy")
    options.set_override("listen", [Endpoint("::1", 1)], "service:api")
    found = conf.settings(options)
    assert found.storage.connection == "sqlite:///flag"
    assert found.api.listen == (Endpoint("::1", 1),)


def test_each_task_has_its_settings(read: Read) -> None:
    """Tasks differ in what they may be told."""
    tasks = read("[producer_task:zone_purge]\ntime_threshold = 60\n").producer.tasks
    assert set(tasks) == set(producer.TASKS)
    assert tasks["zone_purge"].time_threshold == 60
    assert tasks["worker_periodic_recovery"].interval == 120
    assert tasks["worker_periodic_recovery"].batch_size is None


def test_an_empty_list_of_tasks_is_all_of_them(read: Read) -> None:
    """Deployment tools write the option without a value."""
    assert read("[service:producer]\nenabled_tasks =\n").producer.enabled_tasks == ()
    chosen = read("[service:producer]\nenabled_tasks = zone_purge\n").producer.enabled_tasks
    assert chosen == ("zone_purge",)


def test_settings_are_frozen_and_hide_passwords(read: Read) -> None:
    """Settings travel through the program; nothing changes them and no log shows a password."""
    found = read("[storage:sqlalchemy]\nconnection = mysql://u:hunter2@db/d\n")
    assert "hunter2" in found.storage.connection
    assert "hunter2" not in repr(found)
    with pytest.raises(FrozenInstanceError):
        found.api.threads = 1  # type: ignore[misc]


def test_two_configurations_live_side_by_side(tmp_path: Path) -> None:
    """There is no global configuration."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("[DEFAULT]\ndefault_ttl = 1\n")
    second.write_text("[DEFAULT]\ndefault_ttl = 2\n")
    both = conf.load([str(first)]), conf.load([str(second)])
    assert [conf.settings(one).default.default_ttl for one in both] == [1, 2]
