# SPDX-License-Identifier: Apache-2.0
"""The schema of the configured database (SERVICES.md section 12)."""

import time
from collections.abc import Callable

from designate.conf.storage import Settings
from designate.storage import drivers, schema
from designate.storage import engine as engines

NEWEST = "head"


def upgrade(
    settings: Settings, to: str = NEWEST, pause: Callable[[float], None] = time.sleep
) -> None:
    """Bring the schema to a step, once the database answers; a step may take any time.

    Processes that do so at once help one another. `pause` is how to wait; it may raise. Raises
    ConfigurationError for a step that there is not, or a schema of another program.
    """
    engine = engines.configured(settings, drivers.ENDLESS)
    try:
        engines.connect(engine, settings, pause)
        schema.upgrade(engine, to=None if to == NEWEST else schema.step(to), pause=pause)
    finally:
        engine.dispose()


def version(settings: Settings) -> tuple[str | None, str]:
    """The step that the database is at, None without our tables; and the newest one."""
    engine = engines.configured(settings)
    try:
        engines.connect(engine, settings, time.sleep)
        return schema.current(engine), schema.newest()
    finally:
        engine.dispose()
