# SPDX-License-Identifier: Apache-2.0
"""Which files a configuration was read from."""

from itertools import chain
from pathlib import Path

from oslo_config import cfg


def files_of(conf: cfg.ConfigOpts) -> list[str]:
    """The files that were read, in their order: those of folders come last."""
    folders = conf.config_dirs or conf.default_config_dirs
    inside = (sorted(Path(folder).expanduser().glob("*.conf")) for folder in folders)
    return [*(conf.config_file or ()), *map(str, chain.from_iterable(inside))]
