# SPDX-License-Identifier: Apache-2.0
"""Registers: pages as a sorted list, keys in any case, and rivals for one entry."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from designate.errors import DuplicateTld, TldNotFound
from designate.model.listing import Query
from designate.model.tlds import NewTld, Tld, TldChange
from designate.model.tsigkeys import POOL, TsigKey
from designate.storage import rows, tlds, tsigkeys
from tests.contract.storage.listing import has_text, in_order, walk
from tests.contract.storage.test_transactions import THREADS, at_once
from tests.unit.central.site import ADMIN, START, Site

NAMES = ["com", "Com.uk", "net", "a_b", "axb", "xn--p1ai", "a-b", "co.UK", "zz"]


@pytest.fixture
def known(site: Site) -> list[Tld]:
    """TLDs with ties and NULLs in the columns of lists."""
    made = [
        Tld(
            id=rows.new_id(),
            name=name,
            created_at=START + timedelta(seconds=number % 3),
            updated_at=[None, START, START + timedelta(days=1)][number % 3],
        )
        for number, name in enumerate(NAMES)
    ]
    for tld in made:
        site.store.write(lambda tx, tld=tld: tlds.REGISTER.add(tx, tld))  # type: ignore[misc]
    return made


@pytest.mark.parametrize(
    "filters",
    [{}, {"name": "CO*"}, {"name": "*.uk"}, {"name": "COM"}, {"name": "!COM"}, {"name": "a_*"}],
    ids=str,
)
def test_pages_are_those_of_a_sorted_list(
    site: Site, known: list[Tld], filters: Mapping[str, str]
) -> None:
    """Whatever key, direction and page size."""
    wanted = [
        tld
        for tld in known
        if all(has_text(tld.name, value, folded=True) for value in filters.values())
    ]
    for key, direction, limit in product(
        ["created_at", "updated_at", "id", "name"], ["asc", "desc"], [1, 2, 100]
    ):
        query = Query(filters=dict(filters), sort_key=key, sort_dir=direction, limit=limit)
        found = walk(partial(site.central.tlds.find, ADMIN), query)
        folded = key != "name"
        expected = (
            in_order(wanted, key, direction)
            if folded
            else sorted(wanted, key=lambda tld: tld.name.lower(), reverse=direction == "desc")
        )
        assert found == expected


def test_a_name_of_any_language_is_kept(site: Site) -> None:
    """The lower case of a name may be longer than the name."""
    name = "\u0130" * 160
    key = TsigKey(rows.new_id(), name, "hmac-md5", "", POOL, rows.new_id(), START)
    site.store.write(lambda tx: tsigkeys.REGISTER.add(tx, key))
    page = site.central.tsigkeys.find(ADMIN, Query(filters={"name": name.lower()}))
    assert page.items == [key]


def test_of_rivals_for_one_name_one_wins(site: Site) -> None:
    """The others are told that it exists."""
    names = ["com", "Com", "COM", "cOm"] * (THREADS // 4)
    outcomes = at_once([partial(site.central.tlds.create, ADMIN, NewTld(name=n)) for n in names])
    assert sum(isinstance(outcome, Tld) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DuplicateTld) for outcome in outcomes) == THREADS - 1


def test_of_those_who_rename_to_one_name_one_wins(site: Site) -> None:
    """The others keep their names."""
    made = [site.central.tlds.create(ADMIN, NewTld(name=f"t{n}")) for n in range(THREADS)]
    change = TldChange(name="same")
    outcomes = at_once([partial(site.central.tlds.update, ADMIN, t.id, change) for t in made])
    assert sum(isinstance(outcome, Tld) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DuplicateTld) for outcome in outcomes) == THREADS - 1
    names = [tld.name for tld in site.central.tlds.find(ADMIN, Query()).items]
    assert len(names) == THREADS and names.count("same") == 1


def test_changes_of_different_fields_all_stay(site: Site) -> None:
    """Who changes one field does not write the others."""
    made = site.central.tlds.create(ADMIN, NewTld(name="com"))
    changes = [TldChange(name="net"), TldChange(description="text")] * (THREADS // 2)
    at_once([partial(site.central.tlds.update, ADMIN, made.id, change) for change in changes])
    after = site.central.tlds.get(ADMIN, made.id)
    assert (after.name, after.description) == ("net", "text")


def test_an_entry_is_removed_once(site: Site) -> None:
    """Whoever comes second finds nothing."""
    made = site.central.tlds.create(ADMIN, NewTld(name="com"))
    outcomes = at_once([partial(site.central.tlds.delete, ADMIN, made.id)] * THREADS)
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, TldNotFound) for outcome in outcomes) == THREADS - 1
