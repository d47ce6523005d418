# SPDX-License-Identifier: Apache-2.0
"""A transfer request: a zone that is offered to another project (API.md section 14)."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from designate.model.secrets import Secretive

ACTIVE = "ACTIVE"
COMPLETE = "COMPLETE"


class TransferRequest(Secretive, frozen=True, kw_only=True):
    """An offer; `target_project_id` is None where anybody who has the key may take it.

    One that is not ACTIVE has no key.

    `reduced`: what the owner alone may know is None.
    """

    secretive = "key"

    id: str
    zone_id: str
    zone_name: str
    project_id: str | None
    target_project_id: str | None = None
    key: str | None
    description: str | None = None
    status: str = ACTIVE
    created_at: datetime
    updated_at: datetime | None = None
    reduced: bool = False


class NewTransferRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request to be made."""

    target_project_id: str | None = None
    description: str | None = None


class TransferRequestChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a request that a PATCH sets; UNSET leaves them as they are."""

    target_project_id: str | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
