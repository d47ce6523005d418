# SPDX-License-Identifier: Apache-2.0
"""Collects the YAML files: a file is a story with an installation of its own."""

import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.api.described import Described
from tests.api.exchange import InProcess, Live
from tests.api.installation import Installation
from tests.api.story import Story

URL = os.environ.get("DESIGNATE_URL")
"""Where the service is; unset: in this process."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take YAML files as well as Python."""
    if file_path.suffix == ".yaml" and file_path.parent == Path(__file__).parent:
        return StoryFile.from_parent(parent, path=file_path)
    return None


class StoryFile(pytest.File):
    """One YAML file; its installation is made for its first request."""

    _installation: Installation | None = None
    _story: Story | None = None

    def collect(self) -> Iterable[pytest.Item]:
        """Give out the tests in their order: each builds on those before it."""
        self.said = yaml.safe_load(self.path.read_text("utf-8"))
        if "settings" in self.said and URL:
            return  # nothing is known of the settings of a server elsewhere
        for test in self.said["tests"]:
            if test.get("before_work") and URL:
                continue
            yield StoryTest.from_parent(self, name=test["name"], test=test)

    def story(self) -> Story:
        """The story, begun when it is first asked for."""
        if self._story is None:
            headers = self.said.get("defaults", {}).get("request_headers", {})
            if URL:
                run = f"r{uuid.uuid4().hex[:8]}"
                self._story = Story(Described(Live(URL)), run, lambda: None)
            else:
                self._installation = Installation(self.said.get("settings", {}))
                sender = Described(InProcess(self._installation.app))
                self._story = Story(sender, "run", self._installation.work)
            self._story.headers = {key: _named(headers[key], self._story.run) for key in headers}
        return self._story

    def teardown(self) -> None:
        """Remove the installation."""
        if self._installation is not None:
            self._installation.close()


def _named(value: Any, run: str) -> str:
    return str(value).replace("$RUN", run)


class StoryTest(pytest.Item):
    """One request and what is said of its reply."""

    def __init__(self, *, test: Mapping[str, Any], **known: Any) -> None:
        super().__init__(**known)
        self.test = test

    def runtest(self) -> None:
        """Play it."""
        assert isinstance(self.parent, StoryFile)
        self.parent.story().play(self.test)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """What was said, and what came: the reply is in the message of the assertion."""
        if isinstance(excinfo.value, AssertionError):
            return f"{yaml.safe_dump(dict(self.test), sort_keys=False)}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands."""
        return self.path, None, self.name
