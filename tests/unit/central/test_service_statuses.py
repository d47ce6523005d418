# SPDX-License-Identifier: Apache-2.0
"""Services that have no database report themselves to central."""

import pytest

from designate.errors import Forbidden
from designate.model.listing import Query
from tests.unit.central.site import ADMIN, Site, caller


def test_services_of_a_host_report_themselves(site: Site) -> None:
    """Again and again in the same rows; who is no administrator may not speak for them."""
    statuses = site.central.service_statuses
    statuses.report(caller(None, "admin"), "node-1", ["api"], "UP")
    statuses.report(caller(None, "admin"), "node-1", ["api"], "STOPPED")
    with pytest.raises(Forbidden):
        statuses.report(caller("p1"), "node-1", ["api"], "UP")
    (found,) = statuses.find(ADMIN, Query()).items
    assert (found.hostname, found.service_name, found.status) == ("node-1", "api", "STOPPED")
