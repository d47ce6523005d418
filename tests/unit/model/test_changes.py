# SPDX-License-Identifier: Apache-2.0
"""Changes: what was said, and what was not."""

from msgspec import UNSET

from designate.model import changes
from designate.model.blacklists import BlacklistChange


def test_null_is_given_and_nothing_is_not() -> None:
    """Whoever sets a field to null wants it gone; whoever leaves it out wants it as it is."""
    change = BlacklistChange(description=None)
    assert change.pattern is UNSET
    assert changes.given(change) == {"description": None}
