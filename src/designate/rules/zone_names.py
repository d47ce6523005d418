# SPDX-License-Identifier: Apache-2.0
"""Which names a zone may have (API.md 6.3, items 5 to 7 and 9)."""

from collections.abc import Collection

from designate.errors import DuplicateZone, IllegalChild, IllegalParent, InvalidZoneName

_MIN_LABELS = 2


def check_shape(name_key: str, max_length: int) -> None:
    """Raise InvalidZoneName for a name too long, or with a single label."""
    if len(name_key) > max_length:
        raise InvalidZoneName(f"The name is longer than {max_length} characters")
    if name_key.count(".") < _MIN_LABELS:
        raise InvalidZoneName("A zone name must have at least two labels")


def check_tlds(name_key: str, tlds: Collection[str], *, restricted: bool) -> None:
    """Raise InvalidZoneName unless the name stands below a TLD, where it has to.

    `tlds` are those at or above the name.
    """
    if not restricted:
        return
    if not tlds:
        raise InvalidZoneName("Invalid TLD")
    if name_key.rstrip(".") in tlds:
        raise InvalidZoneName("A zone may not be a TLD itself")


def check_owners(
    project_id: str | None,
    *,
    same: Collection[str | None],
    nearest_ancestor: str | None,
    has_ancestor: bool,
    descendants: Collection[str | None],
) -> None:
    """Raise where a zone of another project has the name, stands above it, or below it.

    `same` and `descendants` are the owners of such zones in any pool; `nearest_ancestor` is the
    owner of the nearest zone above, when there is one.
    """
    if any(owner != project_id for owner in same):
        raise DuplicateZone
    if has_ancestor and nearest_ancestor != project_id:
        raise IllegalChild("An ancestor zone belongs to another project")
    if any(owner != project_id for owner in descendants):
        raise IllegalParent("A descendant zone belongs to another project")
