# SPDX-License-Identifier: Apache-2.0
"""Shards are split evenly, and each has one owner, however many members there are."""

import random
import uuid

from hypothesis import given
from hypothesis import strategies as st

from designate.runtime import partitions
from designate.runtime.partitions import SHARDS
from designate.storage import rows

MEMBERS = st.sets(st.text("abcdef0123456789", min_size=1, max_size=4), min_size=1, max_size=200)


@given(st.integers(1, 10_000), st.integers(1, 5000))
def test_parts_are_even_and_leave_nothing_out(parts: int, whole: int) -> None:
    """With more parts than pieces too, where upstream fails: some are empty then."""
    each = [partitions.part(number, parts, whole) for number in range(parts)]
    assert [piece for part in each for piece in part] == list(range(whole))
    sizes = {len(part) for part in each}
    assert max(sizes) - min(sizes) <= 1


@given(MEMBERS, st.randoms())
def test_each_shard_has_one_owner_in_whatever_order_members_are_known(
    members: set[str], chance: random.Random
) -> None:
    """Members find out by themselves, and come to the same."""
    shuffled = sorted(members)
    chance.shuffle(shuffled)
    owned = [shard for me in members for shard in partitions.share(me, shuffled)]
    assert sorted(owned) == list(range(SHARDS))


def test_whoever_is_no_member_owns_nothing() -> None:
    """And the only member everything."""
    assert len(partitions.share("a", ["b"])) == 0
    assert len(partitions.share("a", [])) == 0
    assert partitions.share("a", ["a"]) == range(SHARDS)


@given(st.integers(1, 5000), st.uuids())
def test_an_id_is_within_the_bounds_of_its_shard_alone(count: int, zone: uuid.UUID) -> None:
    """So an index on the id finds the zones of a part."""
    shard = rows.shard_of(str(zone))
    within = [
        part
        for part in partitions.parts(count)
        if part and (bounds := partitions.id_bounds(part))[0] <= str(zone) < bounds[1]
    ]
    assert len(within) == 1
    assert shard in within[0]
