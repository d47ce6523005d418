# SPDX-License-Identifier: Apache-2.0
"""Logging as oslo.log does it, from the options of the configuration."""

import logging

from oslo_log import log

from designate import __version__
from designate.conf import ConfigError, ConfigOpts, ConfigurationError

LOG = logging.getLogger(__name__)


def start(conf: ConfigOpts) -> None:
    """Log where the options say; raises ConfigurationError for a place that cannot be had."""
    try:
        log.setup(conf, "designate", __version__)
    except (log.LogConfigError, OSError, TypeError, ValueError) as error:
        raise ConfigurationError([f"logging: {error}"]) from error


def show_options(conf: ConfigOpts) -> None:
    """Log every option at DEBUG; secrets are starred."""
    conf.log_opt_values(_Texts(), logging.DEBUG)


class _Texts:
    """Logs values as texts: as JSON, a network would be the list of all its addresses."""

    def log(self, level: int, msg: object, *args: object) -> None:
        """Log a message."""
        LOG.log(level, "%s", str(msg) % args)


def reload(conf: ConfigOpts) -> None:
    """Read the files of the configuration again, for what may change meanwhile: levels of the log.

    Other options that were changed are named in the log; they wait for the next start. A file that
    cannot be read changes nothing.
    """
    try:
        conf.mutate_config_files()
    except (ConfigError, log.LogConfigError, OSError, ValueError) as error:
        LOG.warning("The configuration is left as it was: %s", error)
