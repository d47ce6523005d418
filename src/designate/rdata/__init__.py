# SPDX-License-Identifier: Apache-2.0
"""Record types: presentation text to canonical wire rdata and back. A new type is one file and
one line here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from designate.rdata import (
    a,
    aaaa,
    caa,
    cert,
    cname,
    https,
    mx,
    naptr,
    ns,
    ptr,
    soa,
    spf,
    srv,
    sshfp,
    svcb,
    tlsa,
    txt,
)
from designate.rdata.base import MAX_RDATA, InvalidRdata, RecordType

__all__ = ["BY_NUMBER", "MAX_RDATA", "TYPES", "InvalidRdata", "RecordType"]

_WRITTEN = (
    a.TYPE,
    aaaa.TYPE,
    cname.TYPE,
    mx.TYPE,
    srv.TYPE,
    txt.TYPE,
    spf.TYPE,
    ns.TYPE,
    ptr.TYPE,
    sshfp.TYPE,
    soa.TYPE,
    naptr.TYPE,
    caa.TYPE,
    cert.TYPE,
    https.TYPE,
    svcb.TYPE,
    tlsa.TYPE,
)

#: Every record type, by mnemonic and by IANA number.
TYPES: Mapping[str, RecordType] = MappingProxyType({known.name: known for known in _WRITTEN})
BY_NUMBER: Mapping[int, RecordType] = MappingProxyType({known.number: known for known in _WRITTEN})
