# SPDX-License-Identifier: Apache-2.0
"""Rules of shares of zones."""

from designate.policy.checks import MEMBER, READER, open_rule, rule

_COLLECTION = "/v2/zones/{zone_id}/shares"
_ITEM = "/v2/zones/{zone_id}/shares/{zone_share_id}"

# The owner's readers see all shares of their zone, members of another project those with it (API.md
# 30, I15): the project is the zone's owner, the target the caller's project.
_LIST = f"({READER}) or (role:member and project_id:%(target_project_id)s)"

RULES = [
    rule("get_zone_share", MEMBER, "Show a share.", [(_ITEM, "GET")]),
    rule("share_zone", MEMBER, "Share a zone.", [(_COLLECTION, "POST")]),
    open_rule("find_zone_shares", "List the shares of a zone.", [(_COLLECTION, "GET")]),
    rule(
        "find_project_zone_share",
        _LIST,
        "List the shares of a zone that a project owns, or those with the project.",
        [(_COLLECTION, "GET")],
        old="rule:admin_or_owner",
    ),
    rule("unshare_zone", MEMBER, "Remove a share.", [(_ITEM, "DELETE")]),
]
