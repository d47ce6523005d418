# SPDX-License-Identifier: Apache-2.0
"""Moved to designate.wire.serial; import it from there."""

from designate.wire.serial import *  # noqa: F403
