# SPDX-License-Identifier: Apache-2.0
"""Imports: keep a zone file, and turn it into a zone.

The file is parsed as a stream. Its recordsets are staged in small transactions under the id of a
zone that does not exist yet; one transaction at the end checks what creating a zone checks and
inserts it. Nobody waits for an import, and an error leaves nothing (decision 3a.8).
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import choice

import msgspec

from designate.errors import BadRequest, DesignateError, ZoneImportNotFound
from designate.model.context import Context
from designate.model.imports import COMPLETE, ERROR, ZoneImport
from designate.model.listing import Page, Query
from designate.model.pools import Pool
from designate.model.recordsets import RecordSet, Stored
from designate.model.zones import Zone
from designate.policy.enforcer import Enforcer
from designate.rules import access, admission, apex, contents, imported, placement, quota, ttl
from designate.scheduler.pool_choice import Scheduler
from designate.storage import admission as surroundings
from designate.storage import imports, pools, quotas, rows, tasks, versions
from designate.storage.tables.tasks import IMPORT
from designate.storage.unit_of_work import Store, Transaction
from designate.wire import zonefile
from designate.wire.zonefile import Line

LOG = logging.getLogger(__name__)
CHUNK = 1 << 18
"""Bytes of a zone file that one row keeps."""
STAGED_AT_ONCE = 400
"""Records that are written in one transaction: others wait for its end."""
MAX_GENERATED = 250_000
"""Records beyond those that lines hold: one line of $GENERATE can ask for billions."""
SHORTEST_LINE = 8
"""Bytes that a record takes in a file at the least."""
APEX = 2
"""Recordsets that the service makes: SOA and NS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """See `contracts.imports.Imports`. `refreshes` are the SOA refresh values to draw from.

    `token` marks the import under way: one that an error of the database cut short is taken again.
    """

    store: Store
    enforcer: Enforcer
    scheduler: Scheduler
    limits: Mapping[str, int]
    supported: Collection[str]
    defaults: admission.Defaults
    max_name: int
    refreshes: Sequence[int]
    token: str = field(default_factory=rows.new_id)

    def create(self, ctx: Context, body: Iterable[bytes], attributes: dict[str, str]) -> ZoneImport:
        """See the contract."""
        self.enforcer.check(ctx, "create_zone_import", access.owner_target(ctx.project_id))
        project_id = access.project(ctx)
        if attributes:
            with self.store.read() as connection:
                self._choose_pool(ctx, attributes, pools.find_all(connection))
        task_id = rows.ordered_id()
        try:
            size = self._keep(task_id, body)
        except BaseException:
            self.store.write(lambda tx: imports.remove_chunks(tx, task_id))
            raise
        values = {
            "id": task_id,
            "task_type": IMPORT,
            "project_id": project_id,
            "context": msgspec.json.encode(ctx).decode(),
            "attributes": rows.dump(attributes),
            "bytes_total": size,
        }

        def queue(tx: Transaction) -> ZoneImport:
            tasks.add(tx, values)
            return ZoneImport(
                id=task_id, project_id=project_id, bytes_total=size, created_at=tx.now
            )

        return self.store.write(queue)

    def _keep(self, task_id: str, body: Iterable[bytes]) -> int:
        """Store a zone file piece by piece, so that a slow upload holds nobody; its size."""
        size = 0
        for ordinal, chunk in enumerate(zonefile.chunks(body, CHUNK)):
            add = partial(imports.add_chunk, task_id=task_id, ordinal=ordinal, body=chunk)
            self.store.write(add)
            size += len(chunk)
        return size

    def find(self, ctx: Context, query: Query) -> Page[ZoneImport]:
        """See the contract."""
        self.enforcer.check(ctx, "find_zone_imports", access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            page = tasks.find(connection, IMPORT, query, access.scope(ctx))
        return Page([imports.import_of(row) for row in page.items], page.total)

    def get(self, ctx: Context, import_id: str) -> ZoneImport:
        """See the contract."""
        self.enforcer.check(ctx, "get_zone_import", access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            row = tasks.get(connection, IMPORT, import_id, access.scope(ctx))
        if row is None:
            raise ZoneImportNotFound
        return imports.import_of(row)

    def delete(self, ctx: Context, import_id: str) -> None:
        """See the contract."""
        self.enforcer.check(ctx, "delete_zone_import", access.owner_target(ctx.project_id))

        def write(tx: Transaction) -> None:
            if tasks.get(tx.connection, IMPORT, import_id, access.scope(ctx)) is None:
                raise ZoneImportNotFound
            tasks.remove(tx, import_id)
            imports.remove_chunks(tx, import_id)

        self.store.write(write)

    # -- carrying out -------------------------------------------------------------------------

    def run_next(self) -> bool:
        """See the contract."""
        zone_id = rows.new_id()
        task = self.store.write(lambda tx: imports.claim(tx, zone_id, self.token))
        if task is None:
            return False
        if task.left_behind:
            imports.purge_staged(self.store, task.left_behind)
        message = self._attempt(task, zone_id)
        if message is not None:
            imports.purge_staged(self.store, zone_id)
            self.store.write(
                lambda tx: tasks.update_task(tx, task.id, status=ERROR, message=message)
            )
        self.store.write(lambda tx: imports.remove_chunks(tx, task.id))
        return True

    def _attempt(self, task: imports.Waiting, zone_id: str) -> str | None:
        """Import a claimed task; the reason where it fails."""
        try:
            with self.store.read() as connection:
                limits = quotas.limits(connection, task.ctx.project_id, self.limits)
            staging = _Staging(self.store, task, zone_id, limits, self.supported, self.max_name)
            zonefile.read(staging.count(imports.chunks(self.store, task.id)), staging.accept)
            staging.flush()
            # Nobody else writes them: the last transaction need not look through them.
            number = staging.count_recordsets()
            self.store.write(lambda tx: self._finish(tx, staging, number))
        except zonefile.ZoneFileError as error:
            return str(error)
        except BadRequest as error:
            return imported.describe(error)
        except DesignateError as error:
            return error.message or error.code
        except Exception:  # noqa: BLE001 - the task must end, whatever its file holds
            LOG.exception("Import %s failed", task.id)
            return "The import failed; the reason is in the service's log"
        return None

    def _finish(self, tx: Transaction, staging: "_Staging", number: int) -> None:
        """Check what creating a zone checks, and let the zone be; it has `number` recordsets."""
        zone, pool = self._admit(tx, staging, number)
        name = imports.name_in_child(tx, zone)
        if name is not None:
            raise BadRequest(f"{name} belongs to a child zone")
        made = apex.recordsets(zone, pool, rows.ordered_id)
        versions.begin(tx, zone, pool, made, staging.task.ctx)
        kept = tasks.update_task(
            tx,
            staging.task.id,
            status=COMPLETE,
            message=f"{zone.name} imported",
            zone_id=zone.id,
            records_done=staging.done,
            bytes_done=staging.bytes_done,
        )
        if not kept:
            # Its file went with it, perhaps before all of it was read.
            raise ZoneImportNotFound("The import was deleted")

    def _admit(self, tx: Transaction, staging: "_Staging", number: int) -> tuple[Zone, Pool]:
        task, ctx = staging.task, staging.task.ctx
        described = staging.described()
        new = described.zone(task.attributes)
        project_id = access.project(ctx)
        target = access.owner_target(project_id, zone_name=new.name)
        self.enforcer.check(ctx, "create_zone", target)

        def allowed(rule: str) -> bool:
            return self.enforcer.allows(ctx, rule, target)

        facts = surroundings.read(tx, project_id, new.name.lower(), self.limits)
        admission.check(new, project_id, facts, self.defaults, allowed)
        if ttl.is_low(staging.lowest_ttl, self.defaults.min_ttl) and not allowed("use_low_ttl"):
            raise ttl.low(self.defaults.min_ttl)
        pool = self._choose_pool(ctx, task.attributes, pools.find_all(tx.connection))
        zone = admission.begin(
            new,
            pool,
            self.defaults,
            id=staging.zone_id,
            project_id=project_id,
            serial=admission.first_serial(described.serial, facts.last_serial),
            refresh=choice(self.refreshes),
            retry=described.retry,
            expire=described.expire,
            created_at=task.created_at,
            recordset_count=number + 2,
            record_count=staging.records,
        )
        quota.check(
            facts.limits,
            zone_recordsets=zone.recordset_count,
            zone_records=zone.record_count,
            recordset_records=staging.largest,
        )
        return zone, pool

    def _choose_pool(
        self, ctx: Context, attributes: Mapping[str, str], candidates: Sequence[Pool]
    ) -> Pool:
        target = access.owner_target(ctx.project_id)
        return self.scheduler.choose(
            ctx,
            attributes,
            candidates,
            lambda: self.enforcer.check(ctx, "zone_create_forced_pool", target),
        )


@dataclass(slots=True)
class _Group:
    """Records of one name and type, in the order of the file."""

    name: str
    type: str
    ttl: int
    texts: list[str]


@dataclass(slots=True)
class _Staging:
    """Takes records one by one and stages the recordsets they make."""

    store: Store
    task: imports.Waiting
    zone_id: str
    limits: Mapping[str, int]
    supported: Collection[str]
    max_name: int
    done: int = 0
    bytes_done: int = 0
    recordsets: int = 0
    records: int = 0
    largest: int = 0
    lowest_ttl: int = 1 << 32
    origin: str = ""
    soa: imported.Apex | None = None
    _groups: dict[tuple[str, str], _Group] = field(default_factory=dict)
    _held: int = 0

    def count(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass pieces of the file on and remember how much was read."""
        for piece in pieces:
            yield piece
            self.bytes_done += len(piece)

    def accept(self, origin: str, line: Line) -> None:
        """Take a record; raises InvalidObject, InvalidZoneName, BadRequest."""
        if not self.origin:
            imported.check_origin(origin)
            self.origin = origin
        self.done += 1
        if self.done > MAX_GENERATED + self.task.bytes_total // SHORTEST_LINE:
            raise BadRequest(f"$GENERATE makes more than {MAX_GENERATED} records")
        if imported.is_generated(line, self.origin):
            if line.type == "SOA":
                self.soa = imported.Apex(self.origin, line)
            return
        if self._held >= STAGED_AT_ONCE:
            self.flush()
        self._held += 1
        key = (line.name.lower(), line.type)
        group = self._groups.get(key)
        if group is not None:
            group.texts.append(line.text)
            group.ttl = min(group.ttl, line.ttl)
            return
        self._check(line)
        self._groups[key] = _Group(line.name, line.type, line.ttl, [line.text])

    def _check(self, line: Line) -> None:
        """Check what the API checks of a recordset that is to be created."""
        imported.check(line, self.supported)
        placement.check_type_rules(line.name, line.type)
        name_key, zone_key = line.name.lower(), self.origin.lower()
        placement.check_location(name_key, zone_key, self.max_name)
        placement.check_cname_place(name_key, zone_key, line.type, ())

    def described(self) -> imported.Apex:
        """The zone as its SOA describes it; raises BadRequest where the file has none."""
        if self.soa is None:
            raise BadRequest("Malformed zone file: a SOA record is required at the origin")
        return self.soa

    def flush(self) -> None:
        """Stage what was taken, show the progress on the task, and check the quotas so far."""
        groups, self._groups, self._held = self._groups, {}, 0
        if not groups:
            return
        # Before the transaction: others write meanwhile.
        encoded = {key: self._encode(group, group.texts) for key, group in groups.items()}
        fresh, records = self.store.write(lambda tx: self._write(tx, groups, encoded))
        self.recordsets += fresh
        self.records += records
        self.lowest_ttl = min(self.lowest_ttl, *(group.ttl for group in groups.values()))
        quota.check(
            self.limits,
            zone_recordsets=self.recordsets + APEX,
            zone_records=self.records,
            recordset_records=self.largest,
        )

    def _write(
        self,
        tx: Transaction,
        groups: Mapping[tuple[str, str], "_Group"],
        encoded: Mapping[tuple[str, str], contents.Contents],
    ) -> tuple[int, int]:
        """Write recordsets; how many are new, and how many records more there are."""
        known = imports.staged(tx, self.zone_id, groups)
        fresh: list[Stored] = []
        number = 0
        for key, group in groups.items():
            if key not in known:
                stored = self._stored(tx, rows.ordered_id(), group, encoded[key])
                fresh.append(stored)
            else:
                staged_id, ttl_before, texts = known[key]
                number -= len(contents.unpack(self._encode(group, texts).wire))
                whole = _Group(
                    group.name, group.type, min(group.ttl, ttl_before or 0), [*texts, *group.texts]
                )
                stored = self._stored(tx, staged_id, whole, self._encode(whole, whole.texts))
                imports.restage(tx, stored)
            size = len(contents.unpack(stored.wire))
            self.largest = max(self.largest, size)
            number += size
        imports.stage(tx, fresh)
        done, read = self.done, self.bytes_done
        if not tasks.update_task(tx, self.task.id, records_done=done, bytes_done=read):
            raise ZoneImportNotFound("The import was deleted")
        return len(fresh), number

    def count_recordsets(self) -> int:
        """How many are staged; raises BadRequest where one stands beside a CNAME."""
        with self.store.read() as connection:
            name = imports.cname_conflict(connection, self.zone_id)
            if name is not None:
                raise BadRequest(f"{name} has a CNAME and other records")
            return imports.count_staged(connection, self.zone_id)

    def _encode(self, group: _Group, texts: Sequence[str]) -> contents.Contents:
        try:
            return contents.encode(group.name, group.type, texts)
        except BadRequest as error:
            reason = imported.describe(error)
            raise BadRequest(f"{group.name} {group.type}: {reason}") from None

    def _stored(
        self, tx: Transaction, recordset_id: str, group: _Group, held: contents.Contents
    ) -> Stored:
        placement.check_cname_count(group.type, len(contents.unpack(held.wire)))
        recordset = RecordSet(
            id=recordset_id,
            zone_id=self.zone_id,
            zone_name=self.origin,
            project_id=self.task.ctx.project_id,
            name=group.name,
            type=group.type,
            records=held.records,
            ttl=group.ttl,
            generation=1,
            created_generation=1,
            created_at=tx.now,
        )
        head = contents.head(recordset.name_key, self.origin.lower(), group.type)
        return Stored(recordset=recordset, head=head, wire=held.wire)
