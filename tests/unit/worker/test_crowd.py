# SPDX-License-Identifier: Apache-2.0
"""What a turn of the dispatcher costs does not grow with the names that wait for it."""

from designate.worker.dispatcher import MAX_BACKLOG, Dispatcher
from designate.worker.inbox import Wake
from tests.unit.storage.zone_rows import NAME, work_row
from tests.unit.worker.test_service import World, world

CROWD = 50_000

__all__ = ["world"]


class Name(str):
    """A name that counts how often one of its kind is looked up."""

    __slots__ = ()
    looks = 0

    def __hash__(self) -> int:
        Name.looks += 1
        return super().__hash__()


def crowded(world: World) -> Dispatcher:
    """The dispatcher of a worker, its turns taken by the test, after so many names were woken."""
    world.worker._poller.start()
    dispatcher: Dispatcher = world.worker._dispatcher
    dispatcher._turn([Wake(frozenset(Name(f"{n}.") for n in range(CROWD)), changed=True)])
    return dispatcher


def test_a_turn_looks_at_few_of_many_names(world: World) -> None:
    """Those that it takes, and when it is time for the next; each of them a few times."""
    dispatcher = crowded(world)
    for _ in range(3):
        Name.looks = 0
        dispatcher._turn([])
        assert dispatcher._until_next() == 0.0
        assert MAX_BACKLOG // 2 <= Name.looks <= 20 * MAX_BACKLOG
    assert len(dispatcher._woken) >= CROWD - 4 * MAX_BACKLOG


def test_names_that_nobody_woke_have_their_turn(world: World) -> None:
    """The queue is looked at in its time, whoever waits."""
    world.zone()
    crowded(world)
    assert work_row(world.store, NAME)["lease_token"] is not None
