# SPDX-License-Identifier: Apache-2.0
"""Imports: keep a zone file, and turn it into a zone.

The file is parsed as a stream. Its recordsets are staged in small transactions under the id of a
zone that does not exist yet; one transaction at the end checks what creating a zone checks and
inserts it. Nobody waits for an import, and an error leaves nothing (decision 3a.8).
"""

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import choice

import msgspec

from designate.errors import BadRequest, DatabaseUnavailable, DesignateError, ZoneImportNotFound
from designate.model.context import Context
from designate.model.imports import COMPLETE, ERROR, ZoneImport
from designate.model.listing import Page, Query
from designate.model.pools import Pool
from designate.model.recordsets import Stored
from designate.model.zones import Zone
from designate.policy.enforcer import Enforcer
from designate.rules import access, admission, apex, contents, imported, placement, quota, ttl
from designate.rules.patterns import Search
from designate.runtime.beside import Beside
from designate.scheduler.pool_choice import Scheduler
from designate.storage import admission as surroundings
from designate.storage import blacklists, imports, pools, quotas, rows, tasks, versions, zone_purge
from designate.storage.pace import Pace
from designate.storage.tables.tasks import IMPORT
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.wire import zonefile
from designate.wire.zonefile import Line

LOG = logging.getLogger(__name__)
CHUNK = 1 << 18
"""Bytes of a zone file that one row keeps."""
STAGED_AT_ONCE = 4000
"""Records that are written in one transaction at most: the more there are, the fewer pages of the
database are written again and again."""
MAX_BATCH = 1 << 20
"""Characters of their texts."""
SMALL = 1 << 20
"""Bytes of a file that is imported in seconds, and does not wait for a larger one."""
APEX = 2
"""Recordsets that the service makes: SOA and NS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """See `contracts.imports.Imports`. `refreshes` are the SOA refresh values to draw from.

    `token` marks the import under way: one that an error of the database cut short is taken again.
    Files of more than `largest` bytes are left to others.
    """

    store: Store
    enforcer: Enforcer
    scheduler: Scheduler
    limits: Mapping[str, int]
    supported: Collection[str]
    defaults: admission.Defaults
    max_name: int
    refreshes: Sequence[int]
    largest: int | None = None
    token: str = field(default_factory=rows.new_id)
    turn: tasks.Turn = field(default_factory=tasks.Turn)

    def small(self) -> "Imports":
        """Who carries out small files beside this one, under a token of its own."""
        return replace(self, largest=SMALL, token=rows.new_id())

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
            imports.remove_chunks(self.store, task_id)
            raise
        values = {
            "id": task_id,
            "task_type": IMPORT,
            "project_id": project_id,
            "context": msgspec.json.encode(msgspec.structs.replace(ctx, secrets=None)).decode(),
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
            task = tasks.get(tx.connection, IMPORT, import_id, access.scope(ctx))
            if task is None:
                raise ZoneImportNotFound
            imports.remove(tx, task)

        self.store.write(write)
        imports.remove_chunks(self.store, import_id)

    # -- carrying out -------------------------------------------------------------------------

    def run_next(self) -> bool:
        """See the contract."""
        mine = rows.new_id(), self.token, self.turn.served, self.largest
        task = self.store.write(lambda tx: imports.claim(tx, *mine))
        if task is None:
            return False
        self.turn.served = task.project_id
        if task.left_behind and not self._purge(task):
            return True
        message = self._attempt(task)
        if message is not None:
            if not self._purge(task):
                return True
            # It may quote the file; PostgreSQL has no place for NUL.
            failed = {"status": ERROR, "message": message.replace("\0", "\ufffd")}
            if not self.store.write(
                lambda tx: tasks.update_task(tx, task.id, holder=task.token, **failed)
            ):
                # Another process has taken it over, with its file; or nobody wants it any more.
                return True
        imports.remove_chunks(self.store, task.id)
        return True

    def _purge(self, task: imports.Waiting) -> bool:
        """Drop what was staged for a zone that did not come to be.

        False when another process has taken the import over: what is there may be its own. Each
        step is a sign of life, so that this does not happen to a purge that takes long.
        """
        return zone_purge.purge_content(
            self.store,
            task.zone_id,
            lambda: False,
            lambda tx: tasks.is_left_to(tx, task.id, task.token),
        )

    def _attempt(self, task: imports.Waiting) -> str | None:
        """Import a claimed task; the reason where it fails."""
        try:
            with self.store.read() as connection:
                limits = quotas.limits(connection, task.ctx.project_id, self.limits)
            gathering = imported.Gathering(self.supported, self.max_name)
            with Beside() as beside:
                pace = Pace(self.store, STAGED_AT_ONCE)
                staging = _Staging(self.store, beside, task, limits, gathering, pace)
                zonefile.read(staging.count(imports.chunks(self.store, task.id)), staging.accept)
                staging.finish()
            blacklist = self._search(staging)
            self.store.write(lambda tx: self._finish(tx, staging, blacklist))
        except DatabaseUnavailable:
            # Whoever looks next begins it anew.
            raise
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

    def _search(self, staging: "_Staging") -> Search:
        """Look through the blacklists, which would take too long in a transaction."""
        ctx, name = staging.task.ctx, staging.gathering.described().zone({}).name
        target = access.owner_target(ctx.project_id, zone_name=name)
        search = Search(name.lower())
        if not self.enforcer.allows(ctx, admission.USE_BLACKLISTED, target):
            with self.store.read() as connection:
                listed = blacklists.patterns(connection)
            search.finds(listed)
        return search

    def _finish(self, tx: Transaction, staging: "_Staging", blacklist: Search) -> None:
        """Check what creating a zone checks, and let the zone be."""
        zone, pool = self._admit(tx, staging, blacklist)
        if name := imports.name_in_child(tx, zone, staging.clean):
            raise BadRequest(f"{name} belongs to a child zone")
        made = apex.recordsets(zone, pool, rows.ordered_id)
        versions.begin(tx, zone, pool, made, staging.task.ctx)
        kept = tasks.update_task(
            tx,
            staging.task.id,
            holder=staging.task.token,
            status=COMPLETE,
            message=f"{zone.name} imported",
            zone_id=zone.id,
            records_done=staging.gathering.done,
            bytes_done=staging.bytes_done,
        )
        if not kept:
            # Its file went with it, perhaps before all of it was read.
            raise ZoneImportNotFound("The import was deleted")

    def _admit(self, tx: Transaction, staging: "_Staging", blacklist: Search) -> tuple[Zone, Pool]:
        task, ctx = staging.task, staging.task.ctx
        described = staging.gathering.described()
        new = described.zone(task.attributes)
        project_id = access.project(ctx)
        target = access.owner_target(project_id, zone_name=new.name)
        self.enforcer.check(ctx, "create_zone", target)

        def allowed(rule: str) -> bool:
            return self.enforcer.allows(ctx, rule, target)

        facts = surroundings.read(tx, project_id, new.name.lower(), self.limits)
        admission.check(new, project_id, facts, self.defaults, allowed, blacklist)
        if ttl.is_low(staging.gathering.lowest_ttl, self.defaults.min_ttl) and not allowed(
            "use_low_ttl"
        ):
            raise ttl.low(self.defaults.min_ttl)
        pool = self._choose_pool(ctx, task.attributes, pools.find_all(tx.connection))
        pools.enter(tx, pool, new.name.lower())
        zone = admission.begin(
            new,
            pool,
            self.defaults,
            id=task.zone_id,
            project_id=project_id,
            serial=admission.first_serial(described.serial, facts.last_serial),
            refresh=choice(self.refreshes),
            retry=described.retry,
            expire=described.expire,
            created_at=task.created_at,
            recordset_count=staging.recordsets + APEX,
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
class _Staging:
    """Takes records one by one and stages the recordsets they make.

    While a batch is written, the next is read: the database is asked `beside` the reading.
    """

    store: Store
    beside: Beside
    task: imports.Waiting
    limits: Mapping[str, int]
    gathering: imported.Gathering
    pace: Pace
    bytes_done: int = 0
    recordsets: int = 0
    records: int = 0
    largest: int = 0
    clean: Collection[str] = ()  # child zones that hold none of the names
    _seen: imported.Seen = field(default_factory=imported.Seen)

    def count(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass pieces of the file on and remember how much was read."""
        for piece in pieces:
            yield piece
            self.bytes_done += len(piece)

    def accept(self, origin: str, line: Line) -> None:
        """Take a record; raises InvalidObject, InvalidZoneName, BadRequest."""
        gathering = self.gathering
        if gathering.held >= self.pace.rows or gathering.size >= MAX_BATCH:
            self.flush()
        gathering.accept(origin, line)

    def flush(self) -> None:
        """Stage what was taken, and check the quotas so far."""
        held, groups = self.gathering.held, self.gathering.take()
        if not groups:
            return
        known = dict.fromkeys(key for key in groups if self._seen.add(key))
        fresh = [self._encode(group) for key, group in groups.items() if key not in known]
        self.beside.wait()
        changed = self._again({key: groups.pop(key) for key in known}, fresh) if known else []
        self.recordsets += len(fresh)
        self._check_quotas()
        task, now = self.task, self.store.now()
        made = imports.batch(fresh, task.zone_id, task.project_id, now, changed)
        moved = {"records_done": self.gathering.done, "bytes_done": self.bytes_done}

        def write(tx: Transaction) -> None:
            begin = time.monotonic()
            imports.stage(tx, made)
            if not tasks.update_task(tx, task.id, holder=task.token, **moved):
                raise ZoneImportNotFound("The import was deleted")
            # In what a step is measured in, however many rows came of it.
            self.pace.took(held, time.monotonic() - begin)

        self.beside.begin(lambda: self.store.write(write))

    def finish(self) -> None:
        """Stage the rest, and look at the whole; raises BadRequest."""
        self.flush()
        self.beside.wait()
        self.gathering.described()
        zone_id, zone_key = self.task.zone_id, self.gathering.zone_key
        with self.store.read() as connection:
            if name := imports.cname_conflict(connection, zone_id):
                raise BadRequest(f"{name} has a CNAME and other records")
            self.clean = imports.clean_children(connection, zone_id, zone_key)

    def _again(
        self, groups: Mapping[imported.Key, imported.Group], fresh: list[Stored]
    ) -> list[Stored]:
        """Groups that may be staged already, with what is; those that are not go to `fresh`."""
        with self.store.read() as connection:
            known = imports.staged(connection, self.task.zone_id, groups)
        fresh += [self._encode(group) for key, group in groups.items() if key not in known]
        changed = []
        for key, (staged_id, seconds, texts) in known.items():
            group = groups[key]
            self.records -= len(contents.unpack(replace(group, texts=texts).encode().wire))
            whole = replace(group, ttl=min(group.ttl, seconds or 0), texts=[*texts, *group.texts])
            changed.append(self._encode(whole, staged_id))
        return changed

    def _encode(self, group: imported.Group, recordset_id: str | None = None) -> Stored:
        made = group.encode()
        size = 1 if len(group.texts) == 1 else len(contents.unpack(made.wire))
        placement.check_cname_count(group.type, size)
        self.records += size
        self.largest = max(self.largest, size)
        return self.gathering.stored(
            group,
            made,
            id=recordset_id or rows.ordered_id(),
            zone_id=self.task.zone_id,
            project_id=self.task.project_id,
            created_at=self.task.created_at,
        )

    def _check_quotas(self) -> None:
        quota.check(
            self.limits,
            zone_recordsets=self.recordsets + APEX,
            zone_records=self.records,
            recordset_records=self.largest,
        )
