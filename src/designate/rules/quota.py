# SPDX-License-Identifier: Apache-2.0
"""Quotas: how much a project may have (API.md section 20)."""

from collections.abc import Mapping

from designate.errors import OverQuota
from designate.model.quotas import Quotas

RESOURCES = Quotas.__struct_fields__


def check(limits: Mapping[str, int], /, **wanted: int) -> None:
    """Raise OverQuota naming every resource whose wanted number is over its limit.

    A negative limit is none.
    """
    over = [name for name, value in wanted.items() if 0 <= limits[name] < value]
    if over:
        raise OverQuota(over)
