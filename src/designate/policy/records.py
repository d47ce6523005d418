# SPDX-License-Identifier: Apache-2.0
"""Rules of single records: those of floating IPs, and their number."""

from designate.policy.checks import READER, rule

_COLLECTION = "/v2/reverse/floatingips"

RULES = [
    rule(
        "find_records",
        READER,
        "List and show the PTR records of floating IPs.",
        [(_COLLECTION, "GET"), (f"{_COLLECTION}/{{region}}:{{floatingip_id}}", "GET")],
    ),
    rule("count_records", READER, "Count records.", [("/admin/reports/counts/records", "GET")]),
]
