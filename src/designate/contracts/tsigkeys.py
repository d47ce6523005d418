# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about TSIG keys (API.md section 19)."""

from typing import Protocol

from designate.contracts.registers import Register
from designate.model.tsigkeys import NewTsigKey, TsigKey, TsigKeyChange


class TsigKeys(Register[TsigKey, NewTsigKey, TsigKeyChange], Protocol):
    """Operations on keys: TsigKeyNotFound, and DuplicateTsigKey in whatever case the name is.

    The pool or zone of a key must exist when it is set: InvalidTsigKey.
    """
