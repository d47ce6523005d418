# SPDX-License-Identifier: Apache-2.0
"""The network services there are: our own, and those that other packages bring."""

from importlib.metadata import entry_points

from designate.conf import Settings
from designate.contracts.network import Network
from designate.errors import ConfigurationError
from designate.network.fake import Fake
from designate.network.neutron import Neutron
from designate.runtime import plugins

GROUP = "designate.network_api"


def chosen(settings: Settings) -> Network:
    """What `[DEFAULT] network_api` names: one of ours, or else one that is installed.

    Raises ConfigurationError.
    """
    name = settings.default.network_api
    if name == "neutron":
        return Neutron(settings.neutron)
    if name == "fake":
        return Fake(settings.fake_network)
    found = plugins.load(GROUP, Network, entry_points(group=GROUP, name=name))
    if name not in found:
        raise ConfigurationError(f"[DEFAULT] network_api: there is no {name}")
    made: Network = found[name]()
    return made
