# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about limits (API.md section 21)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.limits import Limits as LimitValues


class Limits(Protocol):
    """Operations on limits."""

    def get(self, ctx: Context) -> LimitValues:
        """Return the limits that apply to the caller's project."""
