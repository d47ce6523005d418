# SPDX-License-Identifier: Apache-2.0
"""Notifications sent to other services of the cloud (SERVICES section 15)."""

from designate.conf.brokers import ask_for_names
from designate.conf.libraries import use_threads

use_threads()
ask_for_names()
