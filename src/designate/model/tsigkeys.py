# SPDX-License-Identifier: Apache-2.0
"""TSIG keys and what they are for (API.md section 19)."""

from dataclasses import dataclass, field

POOL = "POOL"
ZONE = "ZONE"


@dataclass(frozen=True, slots=True)
class TsigKey:
    """A key as the administrator entered it; its secret, base64, is not shown.

    Who proves it sees the zones of its scope only: those of the pool `resource_id`, or this zone.
    """

    id: str
    name: str
    algorithm: str
    secret: str = field(repr=False)
    scope: str
    resource_id: str
