# SPDX-License-Identifier: Apache-2.0
"""How many files and connections a process may have open."""

import resource
from contextlib import suppress

ENOUGH = 65_536
"""Each client has one. Beyond that, what closes all that might be open takes long."""


def allow_many() -> None:
    """Raise the soft limit, often 1024 for programs that know no better, as far as the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # a sandbox, or a system with another limit, may refuse
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
