# SPDX-License-Identifier: Apache-2.0
"""TLDs: the names below which zones may stand."""

from designate.central.registers import Register
from designate.model.tlds import NewTld, Tld, TldChange
from designate.storage import tlds


class Tlds(Register[Tld, NewTld, TldChange]):
    """See `contracts.tlds.Tlds`."""

    noun = "tld"
    rows = tlds.REGISTER
