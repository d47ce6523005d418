# SPDX-License-Identifier: Apache-2.0
"""Registers: lists that administrators keep, such as that of TLDs."""

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """An entry of a register; its fields are in the order in which they are shown."""

    id: str
