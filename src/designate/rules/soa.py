# SPDX-License-Identifier: Apache-2.0
"""Moved to designate.model.soa; import it from there."""

from designate.model.soa import *  # noqa: F403
