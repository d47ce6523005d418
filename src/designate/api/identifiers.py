# SPDX-License-Identifier: Apache-2.0
"""UUIDs in paths and parameters: any spelling in, the canonical one on (API.md section 3.4)."""

import re
import uuid

from designate.errors import InvalidUUID

_is_canonical = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


def canonical(text: str) -> str | None:
    """Return a UUID of any spelling as we write it, or None when it is none."""
    if _is_canonical(text):
        return text
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def identifier(name: str, text: str) -> str:
    """Return the path parameter `name` as a canonical UUID; raises InvalidUUID."""
    found = canonical(text)
    if found is None:
        raise InvalidUUID(f"Invalid UUID {name}: {text}")
    return found
