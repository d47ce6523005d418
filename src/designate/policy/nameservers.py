# SPDX-License-Identifier: Apache-2.0
"""Rules of the name servers of a zone."""

from designate.policy.checks import READER, rule

RULES = [
    rule(
        "get_zone_ns_records",
        READER,
        "List the name servers of a zone.",
        [("/v2/zones/{zone_id}/nameservers", "GET")],
    ),
]
