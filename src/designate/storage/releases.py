# SPDX-License-Identifier: Apache-2.0
"""How names that were taken from the queue are given back: done, or to be tried again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Update, update

from designate.storage import rows
from designate.storage.keyed import Keyed, Own
from designate.storage.tables import zone_work
from designate.storage.transaction import Transaction
from designate.storage.work import Claim


@dataclass(frozen=True, slots=True)
class Done:
    """A name whose work is done, as of the facts read at a Unix time."""

    claim: Claim
    read_at: float


@dataclass(frozen=True, slots=True)
class Retry:
    """A name to be tried again at `due_at`; `since` is None when nobody waits for it."""

    claim: Claim
    due_at: float
    since: float | None


_Values = tuple[float | None, float | None, int]
"""`due_at`, `since`, `attempts`."""


@dataclass(frozen=True, slots=True)
class _Release:
    """What a name gets: `same` when no more was asked for than was done, else `more`."""

    claim: Claim
    same: _Values
    more: _Values


def _releasing(*, same: bool, ends: bool = False) -> Callable[[Own], Update]:
    """Puts names back that are held by their tokens; `same`: of which no more was asked for."""

    def make(own: Own) -> Update:
        held = own.rows & (zone_work.c.lease_token == own.value(zone_work.c.lease_token))
        wanted = zone_work.c.wanted == own.value(zone_work.c.wanted)
        values = {name: own.value(zone_work.c[name]) for name in ("due_at", "since", "attempts")}
        release = update(zone_work).where(held & wanted if same else held)
        release = release.values(lease_token=None, **values)
        return release.values(lane=None, verify=None) if ends else release

    return make


_release_done = Keyed(zone_work.c.name_key, _releasing(same=True, ends=True))
_release_same = Keyed(zone_work.c.name_key, _releasing(same=True))
_release_more = Keyed(zone_work.c.name_key, _releasing(same=False))


def done(tx: Transaction, finished: Iterable[Done]) -> None:
    """End the work on names; one that was asked for again is due at once.

    Names whose lease was lost are left as they are.
    """
    _release(
        tx,
        [
            _Release(item.claim, (None, None, 0), (rows.unix_time(tx.now), item.read_at, 0))
            for item in finished
        ],
        same=_release_done,
    )


def retry(tx: Transaction, later: Iterable[Retry]) -> None:
    """Put names back for a while; one that was asked for again is due at once.

    Names whose lease was lost are left as they are.
    """
    _release(
        tx,
        [
            _Release(
                item.claim,
                (item.due_at, item.since, item.claim.attempts + 1),
                (rows.unix_time(tx.now), item.claim.since, item.claim.attempts),
            )
            for item in later
        ],
        same=_release_same,
    )


def _release(tx: Transaction, names: list[_Release], same: Keyed) -> None:
    if not names:
        return
    names.sort(key=lambda item: item.claim.name_key)
    if same.run(tx, [_parameters(item, item.same) for item in names]) < len(names):
        # Those that were released have no token any more.
        _release_more.run(tx, [_parameters(item, item.more) for item in names])


def _parameters(item: _Release, values: _Values) -> dict[str, float | str | None]:
    due_at, since, attempts = values
    return {
        "name_key": item.claim.name_key,
        "lease_token": item.claim.token,
        "wanted": item.claim.wanted,
        "due_at": due_at,
        "since": since,
        "attempts": attempts,
    }
