# SPDX-License-Identifier: Apache-2.0
"""Guru Meditation Reports (SERVICES section 13.4): what a process is doing, told on SIGUSR2.

oslo.reports writes the stacks of all threads, the processes and the options, secrets starred, to
stderr or to a file in `[oslo_reports] log_dir`.
"""

import os
import signal

from oslo_reports import guru_meditation_report as gmr
from oslo_reports.generators.conf import ConfigReportGenerator

from designate import __version__
from designate.conf import ConfigOpts, ConfigurationError


class _Version:
    """What a report says of the package."""

    def vendor_string(self) -> str:
        return "OpenStack"

    def product_string(self) -> str:
        return "designate"

    def version_string_with_package(self) -> str:
        return __version__


class _Report(gmr.TextGuruMeditation):
    """A report with the options of this process, not those of oslo.config's global object."""


def begin(conf: ConfigOpts, program: str) -> None:
    """Report on SIGUSR2, or when `[oslo_reports] file_event_handler` is touched.

    To be called in the main thread of each process. Raises ConfigurationError when there is no such
    file.
    """
    if conf.oslo_reports.file_event_handler:
        # The library leaves the signal alone then, which would end the process.
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    _set_up(conf, program, own_signals=True)


def watch_file(conf: ConfigOpts, program: str) -> None:
    """Report when that file is touched, where signals are another's, as under WSGI servers."""
    if conf.oslo_reports.file_event_handler:
        _set_up(conf, program, own_signals=False)


def _set_up(conf: ConfigOpts, program: str, *, own_signals: bool) -> None:
    _Report.persistent_sections = [("designate.conf", ConfigReportGenerator(conf))]
    try:
        # Processes of one program report in the same second: each to a file of its own.
        name = f"{program}-{os.getpid()}"
        _Report.setup_autorun(_Version(), name, conf=conf, setup_signal=own_signals)
    except OSError as error:
        raise ConfigurationError([f"[oslo_reports] file_event_handler: {error}"]) from error
