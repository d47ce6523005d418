# SPDX-License-Identifier: Apache-2.0
"""PTR: a pointer to another name (RFC 1035 section 3.3.12)."""

from designate.rdata import targets
from designate.rdata.base import RecordType

TYPE = RecordType("PTR", 12, targets.encode_domain, targets.decode)
