# SPDX-License-Identifier: Apache-2.0
"""Changes of an object: structures whose fields are UNSET where nothing was said of them."""

from typing import Any

import msgspec
from msgspec import UNSET


def given(change: msgspec.Struct) -> dict[str, Any]:
    """The fields that were given, by name; null is a value."""
    return {
        name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET
    }
