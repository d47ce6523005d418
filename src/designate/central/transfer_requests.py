# SPDX-License-Identifier: Apache-2.0
"""Transfer requests: offer a zone to another project, and think better of it."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from designate.errors import (
    DuplicateZoneTransferRequest,
    InvalidObject,
    ZoneTransferRequestNotFound,
)
from designate.model import changes
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.transfer_requests import (
    NewTransferRequest,
    TransferRequest,
    TransferRequestChange,
)
from designate.policy.enforcer import Enforcer
from designate.rules import access
from designate.storage import rows, transfer_requests, zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

Result = TypeVar("Result")
_KEY = string.ascii_uppercase + string.digits
_KEY_LENGTH = 8


@dataclass(frozen=True, slots=True)
class TransferRequests:
    """See `contracts.transfer_requests.TransferRequests`."""

    store: Store
    enforcer: Enforcer

    def create(self, ctx: Context, zone_id: str, new: NewTransferRequest) -> TransferRequest:
        """See the contract."""
        # Whoever knows it may look at an open request: it tells its time, but has 62 random bits.
        request_id = rows.ordered_id()
        key = "".join(secrets.choice(_KEY) for _ in range(_KEY_LENGTH))

        def write(tx: Transaction) -> TransferRequest:
            zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
            target = access.zone_target(zone)
            self.enforcer.check(ctx, "get_zone", target)
            access.editable(zone)
            self.enforcer.check(ctx, "create_zone_transfer_request", target)
            if transfer_requests.has_open(tx, zone_id):
                raise DuplicateZoneTransferRequest
            request = TransferRequest(
                id=request_id,
                zone_id=zone_id,
                zone_name=zone.name,
                project_id=zone.project_id,
                target_project_id=new.target_project_id,
                key=key,
                description=new.description,
                created_at=tx.now,
            )
            zones.exclude_writers(tx, [zone.name_key])
            transfer_requests.add(tx, request)
            return request

        return self.store.write(write, zone_id=zone_id)

    def find(self, ctx: Context, query: Query) -> Page[TransferRequest]:
        """See the contract."""
        self.enforcer.check(ctx, "find_zone_transfer_requests", access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            page = transfer_requests.find(connection, query, access.scope(ctx))
        return Page([self._shown(ctx, request) for request in page.items], page.total)

    def get(self, ctx: Context, request_id: str) -> TransferRequest:
        """See the contract."""
        request = self._read(request_id)
        self.enforcer.check(ctx, "get_zone_transfer_request", access.request_target(request))
        return self._shown(ctx, request)

    def update(
        self, ctx: Context, request_id: str, change: TransferRequestChange
    ) -> TransferRequest:
        """See the contract."""

        def write(tx: Transaction, request: TransferRequest) -> TransferRequest:
            target = access.request_target(request)
            self.enforcer.check(ctx, "update_zone_transfer_request", target)
            given = changes.given(change)
            wanted = given.get("target_project_id", request.target_project_id)
            if request.target_project_id not in (None, wanted):
                raise InvalidObject("['target_project_id'] of a transfer request cannot be changed")
            changed = msgspec.structs.replace(request, updated_at=tx.now, **given)
            transfer_requests.change(tx, changed)
            return self._shown(ctx, changed)

        return self._write(request_id, write)

    def delete(self, ctx: Context, request_id: str) -> None:
        """See the contract."""

        def write(tx: Transaction, request: TransferRequest) -> None:
            concerned = request.project_id, request.target_project_id
            if not ctx.all_projects and (not ctx.project_id or ctx.project_id not in concerned):
                raise ZoneTransferRequestNotFound
            target = access.request_target(request)
            self.enforcer.check(ctx, "delete_zone_transfer_request", target)
            transfer_requests.remove(tx, request.id)

        self._write(request_id, write)

    def _read(self, request_id: str) -> TransferRequest:
        with self.store.read() as connection:
            request = transfer_requests.get(connection, request_id)
        if request is None:
            raise ZoneTransferRequestNotFound
        return request

    def _write(
        self, request_id: str, work: Callable[[Transaction, TransferRequest], Result]
    ) -> Result:
        """Run `work` on a request whose zone's row is locked.

        That reaches as far as the database does: of two nodes of a Galera cluster both may run,
        and the row of the request, which each of them writes, lets one of them commit.
        """
        zone_id = self._read(request_id).zone_id

        def write(tx: Transaction) -> Result:
            zones.lock(tx, zone_id)
            request = transfer_requests.get(tx.connection, request_id)
            if request is None:
                raise ZoneTransferRequestNotFound
            return work(tx, request)

        return self.store.write(write, zone_id=zone_id)

    def _shown(self, ctx: Context, request: TransferRequest) -> TransferRequest:
        """The request as the caller may see it."""
        target: dict[str, Any] = access.request_target(request)
        if self.enforcer.allows(ctx, "get_zone_transfer_request_detailed", target):
            return request
        return msgspec.structs.replace(
            request, reduced=True, key=None, project_id=None, target_project_id=None
        )
