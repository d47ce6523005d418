# SPDX-License-Identifier: Apache-2.0
"""TXT: one or more character-strings (RFC 1035 section 3.3.14)."""

from designate.rdata import charstrings
from designate.rdata.base import RecordType

TYPE = RecordType("TXT", 16, charstrings.encode, charstrings.decode)
