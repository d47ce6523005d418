# SPDX-License-Identifier: Apache-2.0
"""Transfer accepts: a project takes a zone that it is offered."""

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from designate.errors import (
    BadRequest,
    DesignateError,
    InvalidKey,
    InvalidZoneTransferRequest,
    OverQuota,
    ZoneTransferAcceptNotFound,
    ZoneTransferRequestNotFound,
)
from designate.model import names
from designate.model import transfer_requests as requests_model
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.transfer_accepts import COMPLETE, ERROR, NewTransferAccept, TransferAccept
from designate.model.transfer_requests import ACTIVE, TransferRequest
from designate.model.zones import Zone
from designate.policy.enforcer import Enforcer
from designate.rules import access, quota
from designate.storage import (
    owners,
    quotas,
    rows,
    tasks,
    transfer_accepts,
    transfer_requests,
    versions,
    zones,
)
from designate.storage.pace import Pace
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change

AT_ONCE = 2_000
"""Recordsets that go with their zone in its transaction; those of a larger zone follow it."""
STEP = 1_000
"""Recordsets that follow in one transaction, at most."""


@dataclass(frozen=True, slots=True)
class TransferAccepts:
    """See `contracts.transfer_accepts.TransferAccepts`."""

    store: Store
    enforcer: Enforcer
    limits: Mapping[str, int]
    at_once: int = AT_ONCE
    token: str = field(default_factory=rows.new_id)

    def create(self, ctx: Context, new: NewTransferAccept) -> TransferAccept:
        """See the contract."""
        accept_id = rows.ordered_id()
        with self.store.read() as connection:
            known = transfer_requests.get(connection, new.zone_transfer_request_id or "")
        if known is None:
            raise ZoneTransferRequestNotFound

        def write(tx: Transaction) -> TransferAccept | DesignateError:
            zones.exclude_writers(tx, names.suffixes(known.zone_name.lower()))
            zone = zones.lock(tx, known.zone_id, ctx.project_id)
            request = transfer_requests.get(tx.connection, known.id)
            if zone is None or request is None:
                raise ZoneTransferRequestNotFound
            project_id = self._check(ctx, request, new.key)
            accept = TransferAccept(
                id=accept_id,
                zone_transfer_request_id=request.id,
                project_id=project_id,
                zone_id=zone.id,
                status=COMPLETE,
                created_at=tx.now,
                updated_at=tx.now,
            )
            try:
                self._check_takeable(tx, zone, project_id)
            except (BadRequest, OverQuota) as error:
                # What was tried with the right key, and came to nothing, is kept (API.md 30, I17).
                transfer_accepts.add(tx, msgspec.structs.replace(accept, status=ERROR))
                return error
            self._move(tx, ctx, zone, project_id)
            done = {"status": requests_model.COMPLETE, "updated_at": tx.now}
            transfer_requests.change(tx, msgspec.structs.replace(request, **done))
            transfer_accepts.add(tx, accept)
            return accept

        accept = self.store.write(write, zone_id=known.zone_id)
        if isinstance(accept, DesignateError):
            raise accept
        return msgspec.structs.replace(accept, key=new.key)

    def _check(self, ctx: Context, request: TransferRequest, key: str) -> str:
        """Check that the caller may take what is offered; the project that takes it."""
        target = access.request_target(request)
        self.enforcer.check(ctx, "get_zone_transfer_request", target)
        if request.status != ACTIVE:
            raise InvalidZoneTransferRequest("The transfer request is not open any more")
        if not hmac.compare_digest(key.encode(), (request.key or "").encode()):
            raise InvalidKey("The key is not that of the transfer request")
        wanted = {name: target[name] for name in ("target_project_id", "target_tenant_id")}
        self.enforcer.check(ctx, "create_zone_transfer_accept", wanted)
        return access.project(ctx)

    def _check_takeable(self, tx: Transaction, zone: Zone, project_id: str) -> None:
        access.editable(zone)
        if project_id != zone.project_id:
            limits = quotas.limits(tx.connection, project_id, self.limits)
            quota.check(limits, zones=owners.count(tx, zone, project_id) + 1)

    def _move(self, tx: Transaction, ctx: Context, zone: Zone, project_id: str) -> None:
        """Make the project the owner, as a version that DNS does not show (decision 3a.16)."""
        if project_id != zone.project_id:
            owners.hand_over(tx, zone, project_id)
        change = Change(fields={"project_id": project_id}, comment="The zone has a new owner")
        after = versions.advance(tx, zone, change, ctx)
        if zone.recordset_count <= self.at_once:
            what = owners.Following(zone.id, after.generation, tx.now)
            owners.follow(tx, what, owners.Place(), self.at_once + 1)
        else:
            owners.queue(tx, after, zone.project_id)

    def find(self, ctx: Context, query: Query) -> Page[TransferAccept]:
        """See the contract."""
        self.enforcer.check(ctx, "find_zone_transfer_accepts", access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            return transfer_accepts.find(connection, query, access.scope(ctx))

    def get(self, ctx: Context, accept_id: str) -> TransferAccept:
        """See the contract."""
        with self.store.read() as connection:
            accept = transfer_accepts.get(connection, accept_id, access.scope(ctx))
        if accept is None:
            raise ZoneTransferAcceptNotFound
        self.enforcer.check(ctx, "get_zone_transfer_accept", access.owner_target(accept.project_id))
        return accept

    # -- recordsets that follow ---------------------------------------------------------------

    def run_next(self) -> bool:
        """See the contract."""
        task = self.store.write(lambda tx: owners.claim(tx, self.token))
        if task is None:
            return False
        pace = Pace(self.store, STEP)
        place: owners.Place | None = owners.Place()
        while place is not None:
            step = partial(self._step, task=task, after=place, pace=pace)
            place = self.store.write(step, zone_id=task.what.zone_id)
        return True

    def _step(
        self, tx: Transaction, task: owners.Task, after: owners.Place, pace: Pace
    ) -> owners.Place | None:
        begin = time.monotonic()
        place = owners.follow(tx, task.what, after, pace.rows)
        if place is None:
            tasks.remove(tx, task.id)
        elif not tasks.is_left_to(tx, task.id, self.token):
            # Another process has taken it over, and goes on.
            return None
        pace.took(pace.rows, time.monotonic() - begin)
        return place
