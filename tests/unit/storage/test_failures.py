# SPDX-License-Identifier: Apache-2.0
"""What an error of the database means."""

from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.exc import DisconnectionError, InvalidRequestError

from designate.storage import failures


def test_a_pool_that_finds_each_connection_dead_may_find_a_live_one_later() -> None:
    """Whoever asked may ask again."""
    engine = create_engine("sqlite://")

    def dead(*_: Any) -> None:
        raise DisconnectionError

    event.listen(engine, "checkout", dead)
    with pytest.raises(InvalidRequestError) as caught:
        engine.connect()
    assert failures.is_transient(caught.value)
    engine.dispose()
