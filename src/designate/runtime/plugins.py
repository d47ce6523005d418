# SPDX-License-Identifier: Apache-2.0
"""Plug-ins: entry points of a group, each a class that has what the group's Protocol asks for."""

from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from designate.errors import ConfigurationError


def load(
    group: str, protocol: type, found: Iterable[EntryPoint] | None = None
) -> dict[str, Callable[[], Any]]:
    """The classes of a group by name; `found` stands in for what is installed.

    Raises ConfigurationError, with the name of the entry point, for one that cannot be loaded or
    lacks a member of the Protocol.
    """
    points = entry_points(group=group) if found is None else found
    return {point.name: _load(point, protocol) for point in points}


def _load(point: EntryPoint, protocol: type) -> Callable[[], Any]:
    try:
        plugin: Callable[[], Any] = point.load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"{point.group}: {point.name} cannot be loaded: {error}"
        ) from error
    missing = sorted(name for name in _members(protocol) if not hasattr(plugin, name))
    if missing:
        lacks = ", ".join(missing)
        raise ConfigurationError(f"{point.group}: {point.name} ({point.value}) lacks {lacks}")
    return plugin


def _members(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}
