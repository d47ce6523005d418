# SPDX-License-Identifier: Apache-2.0
"""HTTPS: SVCB for the web, in its form and under its own number (RFC 9460 section 9)."""

from designate.rdata import svcb
from designate.rdata.base import RecordType

TYPE = RecordType("HTTPS", 65, svcb.encode, svcb.decode)
