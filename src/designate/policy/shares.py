# SPDX-License-Identifier: Apache-2.0
"""Rules of shares of zones."""

from designate.policy.checks import MEMBER, open_rule, rule

_COLLECTION = "/v2/zones/{zone_id}/shares"
_ITEM = "/v2/zones/{zone_id}/shares/{zone_share_id}"

RULES = [
    rule("get_zone_share", MEMBER, "Show a share.", [(_ITEM, "GET")]),
    rule("share_zone", MEMBER, "Share a zone.", [(_COLLECTION, "POST")]),
    open_rule("find_zone_shares", "List the shares of a zone.", [(_COLLECTION, "GET")]),
    rule(
        "find_project_zone_share",
        MEMBER,
        "List the shares that a project has made or been given.",
        [(_COLLECTION, "GET")],
    ),
    rule("unshare_zone", MEMBER, "Remove a share.", [(_ITEM, "DELETE")]),
]
