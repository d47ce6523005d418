# SPDX-License-Identifier: Apache-2.0
"""Quotas: those who set several of one project at once leave the ones of one of them."""

from functools import partial

from designate.model.quotas import QuotaChange
from tests.contract.storage.test_transactions import THREADS, at_once
from tests.unit.central.site import ADMIN, Site


def test_rivals_set_quotas_one_behind_the_other(site: Site) -> None:
    """All keys of the last, whether or not the project had any before; reset leaves none."""
    for _ in range(2):
        changes = [QuotaChange(zones=n, zone_records=n) for n in range(1, THREADS + 1)]
        outcomes = at_once([partial(site.central.quotas.update, ADMIN, "p1", c) for c in changes])
        assert [(o.zones, o.zone_records) for o in outcomes] == [(c.zones,) * 2 for c in changes]
        after = site.central.quotas.get(ADMIN, "p1")
        assert after.zones == after.zone_records
    site.central.quotas.reset(ADMIN, "p1")
    assert site.central.quotas.get(ADMIN, "p1").zones == 10


def test_a_project_of_any_language_has_quotas(site: Site) -> None:
    """Four-byte characters, and two ids that differ by case only."""
    for number, name in enumerate(("\U0001f431" * 255, "ab", "AB"), 1):
        assert site.central.quotas.update(ADMIN, name, QuotaChange(zones=number)).zones == number
    assert site.central.quotas.get(ADMIN, "ab").zones == 2
