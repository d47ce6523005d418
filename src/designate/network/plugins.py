# SPDX-License-Identifier: Apache-2.0
"""The network services there are: our own, and those that other packages bring."""

from collections.abc import Callable
from importlib.metadata import entry_points

from designate.conf import Settings
from designate.contracts.network import Network
from designate.errors import ConfigurationError
from designate.network.fake import Fake
from designate.network.neutron import Neutron
from designate.runtime import plugins

GROUP = "designate.network_api"


def chosen(settings: Settings) -> Network:
    """What `[DEFAULT] network_api` names; one from elsewhere may take the place of one of ours.

    Raises ConfigurationError.
    """
    name = settings.default.network_api
    own: dict[str, Callable[[], Network]] = {
        "neutron": lambda: Neutron(settings.neutron),
        "fake": lambda: Fake(settings.fake_network),
    }
    found = plugins.load(GROUP, Network, entry_points(group=GROUP, name=name))
    make = found.get(name) or own.get(name)
    if make is None:
        raise ConfigurationError(f"[DEFAULT] network_api: there is no {name}")
    return make()
