# SPDX-License-Identifier: Apache-2.0
"""The filters that come with the service, by the names of the configuration."""

from collections.abc import Mapping

from designate.scheduler.filters.attribute import attribute
from designate.scheduler.filters.default_pool import (
    default_pool,
    fallback,
    in_doubt_default_pool,
)
from designate.scheduler.filters.facts import Facts, Filter, PoolFilter
from designate.scheduler.filters.pool_id_attribute import pool_id_attribute
from designate.scheduler.filters.random import random

FILTERS: Mapping[str, Filter] = {
    "attribute": attribute,
    "default_pool": default_pool,
    "fallback": fallback,
    "in_doubt_default_pool": in_doubt_default_pool,
    "pool_id_attribute": pool_id_attribute,
    "random": random,
}

__all__ = ["FILTERS", "Facts", "Filter", "PoolFilter"]
