# SPDX-License-Identifier: Apache-2.0
"""The backends there are: our own, and those that other packages bring."""

from designate.backends.base import GROUP, Backend
from designate.backends.bind9 import Bind9
from designate.backends.embedded import Embedded
from designate.backends.fake import Fake
from designate.runtime import plugins


def installed(root_helper: str | None = None) -> dict[str, Backend]:
    """A backend for every type of target; one from elsewhere may take the place of one of ours.

    `root_helper` is the command put before programs that are started. Raises ConfigurationError.
    """
    own: dict[str, Backend] = {
        "bind9": Bind9(root_helper),
        "embedded": Embedded(),
        "fake": Fake(),
    }
    return own | {name: plugin() for name, plugin in plugins.load(GROUP, Backend).items()}
