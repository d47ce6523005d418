# SPDX-License-Identifier: Apache-2.0
"""Names as places in the tree, given as keys: lower case, with the final dot."""

_MIN_LABELS = 2


def suffixes(name_key: str) -> list[str]:
    """The name and its ancestors, longest first, without the root."""
    labels = name_key.rstrip(".").split(".")
    return [".".join(labels[index:]) + "." for index in range(len(labels))]


def lock_key(name_key: str) -> str:
    """The name whose row the creators of zones around this name contend for."""
    return suffixes(name_key)[-_MIN_LABELS:][0]


def reverse(name_key: str) -> str:
    """The key reversed by characters: a descendant's begins with its ancestor's and a dot.

    "www.example.com." becomes ".moc.elpmaxe.www".
    """
    return name_key[::-1]
