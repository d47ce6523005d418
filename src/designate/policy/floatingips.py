# SPDX-License-Identifier: Apache-2.0
"""The rule of changes to the PTR records of floating IPs; upstream has none (API.md 30, I2).

Who reads them needs `find_records`.
"""

from designate.policy.checks import MEMBER, rule

RULES = [
    rule(
        "update_floatingip",
        MEMBER,
        "Set and remove the PTR record of a floating IP.",
        [("/v2/reverse/floatingips/{region}:{floatingip_id}", "PATCH")],
    ),
]
