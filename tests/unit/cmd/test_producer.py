# SPDX-License-Identifier: Apache-2.0
"""Which periodic tasks are run."""

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from designate import conf
from designate.cmd.producer import chosen
from designate.conf.producer import IDLE, RETIRED, TASKS
from designate.errors import ConfigurationError
from designate.producer.periods import Period, Stopping
from designate.producer.schedule import Task


@dataclass(frozen=True)
class Named:
    """A task of which only the name matters."""

    name: str
    interval: int = 60
    parts: int = 1
    missed: int = 0
    settling: float = 0.0

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Do nothing."""
        return True


KNOWN: dict[str, Task] = {name: Named(name) for name in ("zone_purge", "drift_audit", "of_others")}


def names(*enabled: str) -> list[str]:
    """The tasks that are run when these are named."""
    return [task.name for task in chosen(KNOWN, enabled)]


def test_without_a_choice_all_are_run() -> None:
    """Those of others too."""
    assert names() == list(KNOWN)


@pytest.mark.parametrize("value", ["", "None", " "])
def test_a_list_that_a_template_left_empty_is_no_choice(tmp_path: Path, value: str) -> None:
    """Upstream runs nothing at all then."""
    file = tmp_path / "designate.conf"
    file.write_text(f"[service:producer]\nenabled_tasks = {value}\n", "utf-8")
    settings = conf.settings(conf.load([str(file)]))
    assert settings.producer.enabled_tasks == ()


def test_those_that_are_named_are_run(caplog: pytest.LogCaptureFixture) -> None:
    """A name that nobody knows is one warning."""
    assert names("of_others", "drift_audit") == ["drift_audit", "of_others"]
    assert caplog.text == ""
    assert names("drift_audit", "typo") == ["drift_audit"]
    assert caplog.text.count("typo") == 1


def test_who_names_only_upstreams_tasks_learns_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    """A journal that is never pruned grows without end."""
    assert names("zone_purge") == ["zone_purge"]
    assert caplog.messages == ["[service:producer] enabled_tasks: drift_audit is not run here"]


def test_a_choice_of_nothing_is_refused() -> None:
    """With the names that there are."""
    with pytest.raises(ConfigurationError, match=r"enabled_tasks.*zone_purge"):
        names("zone_purges", "typo")


def test_tasks_without_anything_left_to_do_say_so(caplog: pytest.LogCaptureFixture) -> None:
    """In one line each, and are no error alone."""
    with caplog.at_level(logging.INFO):
        assert names(*RETIRED) == []
    for name in RETIRED:
        assert caplog.text.count(name) == 1


def test_tasks_that_find_nothing_yet_say_so(caplog: pytest.LogCaptureFixture) -> None:
    """Named or not; they are run all the same."""
    [name] = IDLE
    with caplog.at_level(logging.INFO):
        for enabled in ((), (name,)):
            caplog.clear()
            assert len(chosen({name: Named(name)}, enabled)) == 1
            assert [IDLE[name] in line for line in caplog.messages] == [True]


def test_upstreams_tasks_are_all_known() -> None:
    """Those of SERVICES section 8.2, and two of ours."""
    upstream = {
        *("increment_serial", "delayed_notify", "periodic_exists", "periodic_secondary_refresh"),
        *("worker_periodic_recovery", "zone_purge", "periodic_check_service_status"),
        "periodic_cleanup_stopped_service_status",
    }
    assert upstream | {"journal_pruning", "drift_audit"} == {*TASKS, *RETIRED}
