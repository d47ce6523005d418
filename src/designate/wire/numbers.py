# SPDX-License-Identifier: Apache-2.0
"""Numbers of the DNS that the server decides by (IANA, DNS parameters)."""

IN = 1
"""Class Internet."""

QUERY = 0
NOTIFY = 4
"""Opcodes (RFC 1035, RFC 1996)."""

A = 1
NS = 2
CNAME = 5
SOA = 6
HINFO = 13
MX = 15
SIG = 24
AAAA = 28
SRV = 33
OPT = 41
DS = 43
TSIG = 250
IXFR = 251
AXFR = 252
MAILB = 253
MAILA = 254
ANY = 255
"""Types."""

FIRST_META_TYPE = 128
"""Types from here to ANY are questions or parts of messages, never data (RFC 6895 section 3.1)."""

NOERROR = 0
FORMERR = 1
SERVFAIL = 2
NXDOMAIN = 3
NOTIMP = 4
REFUSED = 5
NOTAUTH = 9
BADVERS = 16
"""Rcodes; which failure gets which is decided in mdns."""

BADCOOKIE = 23
"""Extended rcode: a server cookie is wanted, the answer has one (RFC 7873 section 5.2.3)."""

BADSIG = 16
BADKEY = 17
BADTIME = 18
BADTRUNC = 22
"""TSIG errors: wrong proof, unknown key, clocks too far apart, too short a proof (RFC 8945)."""

COOKIE = 10
"""EDNS option (RFC 7873)."""
