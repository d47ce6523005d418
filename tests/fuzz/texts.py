# SPDX-License-Identifier: Apache-2.0
"""Generators of zone files and other texts that are almost right, and of others."""

from hypothesis import strategies as st

from tests.fuzz.packets import mutated
from tests.unit.rdata.strategies import VALID

HEAD = "$ORIGIN fuzz.example.\n$TTL 300\n@ IN SOA ns1.a. dns.a. 1 2 3 4 5\n"

_owners = st.sampled_from(
    ["@", "", "www", "*", "a.b.c", "fuzz.example.", "elsewhere.", r"a\.b", r"\000x", "_a._b"]
) | st.text(max_size=10)
_ttls = st.sampled_from(["", "60", "1h30m", "0", "2147483648", "-1", "1x", "9" * 30])
_classes = st.sampled_from(["", "IN", "CH", "in", "CLASS1"])
_types = st.sampled_from([*VALID, "TYPE65280", "ANY", "AXFR", "OPT", "DNSKEY", "LOC", "X"])
_rdata = st.one_of(
    *VALID.values(),
    st.text(max_size=40),
    st.sampled_from([r"\# 4 c0000201", r"\# 0", r"\# 65536 00", "\\", '"', "( a\n b )", "(", "))"]),
)
_record = st.builds(
    "{} {} {} {} {}".format, _owners, _ttls, _classes, st.sampled_from(sorted(VALID)), _rdata
) | st.builds("{} {} {} {} {}".format, _owners, _ttls, _classes, _types, _rdata)
_right = st.sampled_from(sorted(VALID)).flatmap(
    lambda rtype: VALID[rtype].map(lambda text: f"www 60 IN {rtype} {text}")
)
_directives = st.sampled_from(
    [
        *("$ORIGIN sub", "$ORIGIN .", "$ORIGIN", "$ORIGIN other.example.", "$ORIGIN a..b"),
        *("$TTL", "$TTL 1w", "$TTL x", "$INCLUDE /etc/passwd", "$INCLUDE", "$UNKNOWN x", "$"),
        *("$GENERATE 1-3 h$ A 192.0.2.$", "$GENERATE 1-2/0 h$ A 192.0.2.$", "$GENERATE 3-1 a$ A $"),
        *("$GENERATE 0-99999999999 h$ A 192.0.2.1", "$GENERATE 1-3 h${0,3,x} CNAME ${-9,9,d}"),
        *("$GENERATE 1-3 h${ A 192.0.2.1", "$GENERATE", "$GENERATE 1-3 $$$$ TXT ${1,99999999,d}"),
    ]
)
_line = st.one_of(_right, _record, _directives, st.text(max_size=60), st.just("; a comment"))


def zone_files() -> st.SearchStrategy[bytes]:
    """Lines, with a head that makes a zone of them or without; or any bytes."""
    lines = st.lists(_line, max_size=12).map("\n".join)
    text = st.builds(
        "{}{}{}".format, st.sampled_from([HEAD, HEAD, ""]), lines, st.sampled_from(["", "\n"])
    )
    made = text.map(lambda one: one.encode("utf-8", "surrogatepass"))
    return made | mutated(made) | st.binary(max_size=200)


def yaml_files() -> st.SearchStrategy[bytes]:
    """Small pools.yaml, mutated, and any text."""
    return mutated(st.just(POOLS)) | st.text(max_size=80).map(
        lambda one: one.encode("utf-8", "replace")
    )


POOLS = b"""\
- name: default
  id: 794ccc2c-d751-44fe-b57f-8894c9f5c842
  attributes: {a: "1", b: 2}
  ns_records:
    - {hostname: ns1.example.org., priority: 1}
  nameservers:
    - {host: 127.0.0.1, port: 53}
  targets:
    - type: bind9
      masters: [{host: 127.0.0.1, port: 5354}]
      options: {host: 127.0.0.1, port: 53, rndc_key_file: /x}
  also_notifies: [{host: 192.0.2.1, port: 53}]
"""
CONF = b"""\
[DEFAULT]
debug = false
quota_zones = 10
default_ttl = 300
supported_record_type = A, AAAA
[service:api]
listen = 127.0.0.1:9001,[::1]:9001
max_limit_v2 = 100
[service:mdns]
listen = 0.0.0.0:5354
tcp_recv_timeout = 0.5
[service:central]
min_ttl = 5
[oslo_policy]
policy_dirs = policy.d
"""
KEY = b'key "rndc-key" {\n  algorithm hmac-sha256; // or\n  secret "c2VjcmV0";\n};\n/* x */\n'
