# SPDX-License-Identifier: Apache-2.0
"""NS: a host that serves the zone below the owner (RFC 1035 section 3.3.11)."""

from designate.rdata import targets
from designate.rdata.base import RecordType

TYPE = RecordType("NS", 2, targets.encode_domain, targets.decode)
