# SPDX-License-Identifier: Apache-2.0
"""How much is measured: `small` to see that all works, `full` for figures that are published."""

from typing import NamedTuple


class Scale(NamedTuple):
    """Sizes and times of a run; pairs of sizes show what grows with the zone."""

    name: str
    load_seconds: float
    samples: int
    xfr_records: tuple[int, ...]
    ixfr_records: tuple[int, ...]
    import_records: tuple[int, ...]
    list_recordsets: tuple[int, ...]
    list_zones: tuple[int, ...]
    list_cloud: int
    bind_zones: int
    growth_records: tuple[int, ...]
    growth_zones: tuple[int, ...]
    footprint_zones: int


SMALL = Scale(
    name="small",
    load_seconds=2.0,
    samples=8,
    xfr_records=(2_000, 10_000),
    ixfr_records=(1_000, 10_000),
    import_records=(2_000, 10_000),
    list_recordsets=(1_000, 10_000),
    list_zones=(500, 1_000),
    list_cloud=50_000,
    bind_zones=100,
    growth_records=(1_000, 10_000),
    growth_zones=(100, 1_000),
    footprint_zones=5_000,
)
FULL = Scale(
    name="full",
    load_seconds=10.0,
    samples=40,
    xfr_records=(50_000, 200_000, 1_000_000),
    ixfr_records=(1_000, 50_000, 1_000_000),
    import_records=(10_000, 200_000, 1_000_000),
    list_recordsets=(10_000, 100_000),
    list_zones=(1_000, 5_000),
    list_cloud=5_000_000,
    bind_zones=1_000,
    growth_records=(1_000, 10_000, 100_000, 1_000_000),
    growth_zones=(100, 1_000, 10_000, 100_000),
    footprint_zones=50_000,
)
SCALES = {scale.name: scale for scale in (SMALL, FULL)}
