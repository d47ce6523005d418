# SPDX-License-Identifier: Apache-2.0
"""What a turn of the dispatcher costs does not grow with the names that wait for it."""

from designate.worker.claims import MOST_WOKEN
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


def woken(world: World, number: int) -> Dispatcher:
    """The dispatcher of a worker, its turns taken by the test, after so many names were woken."""
    world.worker._poller.start()
    dispatcher: Dispatcher = world.worker._dispatcher
    dispatcher._turn([Wake(frozenset(Name(f"{n}.") for n in range(number)), changed=True)])
    return dispatcher


def test_a_turn_looks_at_few_of_the_names_that_wait(world: World) -> None:
    """Those that it takes, and when it is time for the next; each of them a few times."""
    dispatcher = woken(world, MOST_WOKEN)
    for _ in range(3):
        Name.looks = 0
        dispatcher._turn([])
        assert dispatcher._until_next() == 0.0
        assert MAX_BACKLOG // 2 <= Name.looks <= 2 * MOST_WOKEN + 20 * MAX_BACKLOG


def test_a_crowd_of_hints_is_not_kept(world: World) -> None:
    """The queue itself tells whose turn it is."""
    dispatcher = woken(world, CROWD)
    Name.looks = 0
    dispatcher._turn([])
    assert Name.looks == 0


def test_names_that_nobody_woke_have_their_turn(world: World) -> None:
    """The queue is looked at in its time, whoever waits."""
    world.zone()
    woken(world, MOST_WOKEN)
    assert work_row(world.store, NAME)["lease_token"] is not None
