# SPDX-License-Identifier: Apache-2.0
"""What every periodic task of ours has."""

from dataclasses import dataclass

from designate.conf.producer import TaskSettings
from designate.storage.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Periodic:
    """Works on the database as its section of the options says; see `producer.schedule.Task`."""

    store: Store
    settings: TaskSettings

    @property
    def interval(self) -> int:
        """See the protocol."""
        return self.settings.interval

    @property
    def settling(self) -> float:
        """See the protocol."""
        return 0.0
