# SPDX-License-Identifier: Apache-2.0
"""CNAME: the canonical name of an alias (RFC 1035 section 3.3.1)."""

from designate.rdata import targets
from designate.rdata.base import RecordType

TYPE = RecordType("CNAME", 5, targets.encode_domain, targets.decode)
