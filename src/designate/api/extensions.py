# SPDX-License-Identifier: Apache-2.0
"""Parts of the API that a site adds: entry points that the configuration enables by name."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from designate.api.links import Links
from designate.api.middleware.switches import Enforcer
from designate.api.paging import Paging
from designate.conf import ConfigurationError
from designate.contracts.central import Central
from designate.errors import ConfigurationError as BadConfiguration
from designate.runtime import plugins

LOG = logging.getLogger(__name__)
V2 = "designate.api.v2.extensions"
ADMIN = "designate.api.admin.extensions"
_PREFIXES = {V2: "/v2/", ADMIN: "/admin/"}

Route = tuple[str, object]
"""A path, and the resource that answers there: an object with methods on_get and so on."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What an extension may use."""

    central: Central
    enforcer: Enforcer
    links: Links
    pages: Paging


class Extension(Protocol):
    """The class that an entry point names; it is made without arguments."""

    def routes(self, offer: Offer) -> Iterable[Route]:
        """Return paths below /v2 or /admin, each with its resource."""


def load(group: str, enabled: Iterable[str], own: Sequence[Route], offer: Offer) -> list[Route]:
    """Return the routes of the enabled extensions; raises ConfigurationError.

    `own` are ours, which none may take. One that is not installed is only told of in the log, as
    upstream does.
    """
    installed = {point.name: point for point in entry_points(group=group)}
    found: list[Route] = []
    for name in enabled:
        if name in installed:
            for path, resource in _routes(installed[name], offer):
                if any(path == taken for taken, _ in (*own, *found)):
                    raise ConfigurationError([f"{group}: {name} has the path {path}, as others do"])
                found.append((path, resource))
        else:
            LOG.warning("The API extension %s is enabled but not installed (%s)", name, group)
    return found


def _routes(point: EntryPoint, offer: Offer) -> list[Route]:
    try:
        (extension,) = plugins.load(point.group, Extension, [point]).values()
    except BadConfiguration as error:
        raise ConfigurationError([str(error)]) from error
    routes = list(extension().routes(offer))
    prefix = _PREFIXES[point.group]
    for path, _ in routes:
        if not path.startswith(prefix):
            raise ConfigurationError(
                [f"{point.group}: {point.name} has the path {path}, which is not below {prefix}"]
            )
    return routes
