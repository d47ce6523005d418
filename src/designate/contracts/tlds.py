# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about TLDs (API.md section 17)."""

from typing import Protocol

from designate.contracts.registers import Register
from designate.model.tlds import NewTld, Tld, TldChange


class Tlds(Register[Tld, NewTld, TldChange], Protocol):
    """Operations on TLDs: TldNotFound, and DuplicateTld in whatever case the name is."""
