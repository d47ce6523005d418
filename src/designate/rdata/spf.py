# SPDX-License-Identifier: Apache-2.0
"""SPF: the form of TXT under its own number (RFC 4408 section 3.1.1, withdrawn by RFC 7208)."""

from designate.rdata import charstrings
from designate.rdata.base import RecordType

TYPE = RecordType("SPF", 99, charstrings.encode, charstrings.decode)
