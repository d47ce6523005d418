# SPDX-License-Identifier: Apache-2.0
"""The life of a process: locks, signals, plug-ins."""

from designate.conf.libraries import use_threads

# Before tooz is imported.
use_threads()
