# SPDX-License-Identifier: Apache-2.0
"""Plug-ins are checked when they are loaded, and named when they are wrong."""

from importlib.metadata import EntryPoint

import pytest

from designate.backends.base import Backend
from designate.backends.fake import Fake
from designate.errors import ConfigurationError
from designate.runtime.plugins import load

GROUP = "designate.backend"


def point(name: str, value: str) -> EntryPoint:
    """An entry point as a package declares it."""
    return EntryPoint(name, value, GROUP)


def test_a_class_with_all_members_is_loaded() -> None:
    """By its name."""
    found = load(GROUP, Backend, [point("mine", "designate.backends.fake:Fake")])
    assert isinstance(found["mine"](), Fake)


def test_a_class_that_lacks_members_is_named_with_them() -> None:
    """An error at the start, not at the first zone."""
    with pytest.raises(ConfigurationError, match=r"mine \(.*\) lacks create_zone, delete_zone"):
        load(GROUP, Backend, [point("mine", "designate.backends.base:ZoneRef")])


@pytest.mark.parametrize("value", ["designate.nowhere:Fake", "designate.backends.fake:Nothing"])
def test_what_cannot_be_imported_is_named(value: str) -> None:
    """With the group and the entry point."""
    with pytest.raises(ConfigurationError, match=f"{GROUP}: mine cannot be loaded"):
        load(GROUP, Backend, [point("mine", value)])
