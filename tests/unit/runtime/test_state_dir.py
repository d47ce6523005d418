# SPDX-License-Identifier: Apache-2.0
"""One process at a time uses a state folder."""

from pathlib import Path

import pytest

from designate.errors import ConfigurationError
from designate.runtime.state_dir import StateDir, database_url, default


def test_a_second_user_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    """The lock goes with the process, also when that is killed."""
    first = StateDir(tmp_path / "state")
    with pytest.raises(ConfigurationError, match="in use"):
        StateDir(tmp_path / "state")
    first.release()
    StateDir(tmp_path / "state").release()


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """The database holds every project's zones."""
    state = StateDir(tmp_path / "a" / "b")
    assert state.path.stat().st_mode & 0o077 == 0
    assert database_url(state.path) == f"sqlite:///{tmp_path}/a/b/designate.sqlite"
    state.release()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="file/state"):
        StateDir(tmp_path / "file" / "state")


def test_the_default_is_in_the_state_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the XDG Base Directory Specification says."""
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    assert default() == Path("/somewhere/state/designate")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/people/somebody")
    assert default() == Path("/people/somebody/.local/state/designate")
