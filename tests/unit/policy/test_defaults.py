# SPDX-License-Identifier: Apache-2.0
"""Rules have upstream's names and defaults (API.md section 25), and sites override them."""

from pathlib import Path

import pytest

from designate import conf
from designate.errors import Forbidden, InvalidTokenScope
from designate.policy import rules
from designate.policy.enforcer import Enforcer
from tests.unit.central.site import caller, enforcer

ADM = "role:admin"
MEM = "(role:admin) or (role:member and project_id:%(project_id)s)"
RDR = "(role:admin) or (role:reader and project_id:%(project_id)s)"
SHARED = "('True':%(zone_shared)s)"
OWNER = (
    "(role:member and project_id:%(project_id)s) and ('PRIMARY':%(zone_type)s)"
    " or (role:admin) and ('PRIMARY':%(zone_type)s)"
    " or (role:admin) and ('SECONDARY':%(zone_type)s)"
)
WRITE = (
    f"{OWNER} or role:member and (project_id:%(recordset_project_id)s)"
    " and ('PRIMARY':%(zone_type)s)"
)
TARGETED = f"({MEM}) or project_id:%(target_project_id)s or None:%(target_project_id)s"


def _crud(noun: str, plural: str) -> dict[str, str]:
    verbs = ("create", "get", "update", "delete")
    return dict.fromkeys([*(f"{verb}_{noun}" for verb in verbs), f"find_{plural}"], ADM)


EXPECTED = {
    "admin": "role:admin or is_admin:True",
    "owner": "project_id:%(tenant_id)s",
    "admin_or_owner": "rule:admin or rule:owner",
    "default": MEM,
    **dict.fromkeys(
        ("all_tenants", "edit_managed_records", "use_low_ttl", "use_sudo", "hard_delete"), ADM
    ),
    **_crud("blacklist", "blacklists"),
    **_crud("pool", "pools"),
    **_crud("tld", "tlds"),
    **_crud("tsigkey", "tsigkeys"),
    **dict.fromkeys(("use_blacklisted_zone", "zone_create_forced_pool", "find_pool"), ADM),
    "get_quotas": f"{RDR} or (True:%(all_tenants)s and role:reader)",
    **dict.fromkeys(("set_quota", "reset_quotas"), ADM),
    **dict.fromkeys(("find_records", "count_records"), RDR),
    **dict.fromkeys(
        (
            "find_service_status",
            "find_service_statuses",
            "update_service_status",
            "delete_service_status",
        ),
        ADM,
    ),
    **dict.fromkeys(("get_zone_share", "share_zone", "unshare_zone"), MEM),
    "find_zone_shares": "@",
    # The target is the zone's owner, whose readers see its shares (API.md section 30, I15).
    "find_project_zone_share": f"({RDR}) or (role:member and project_id:%(target_project_id)s)",
    **dict.fromkeys(("find_tenants", "get_tenant", "count_tenants"), ADM),
    **dict.fromkeys(("create_zone", "update_zone", "delete_zone", "xfr_zone"), MEM),
    **dict.fromkeys(("find_zones", "find_recordsets", "get_zone_ns_records"), RDR),
    **dict.fromkeys(("get_zones", "get_zone_servers", "count_zones"), RDR),
    "count_zones_pending_notify": RDR,
    **dict.fromkeys(("abandon_zone", "purge_zones", "pool_move_zone"), ADM),
    **dict.fromkeys(("get_zone", "get_recordset"), f"({RDR}) or {SHARED}"),
    # Upstream asks no role of a sharee (API.md section 30, I3).
    "create_recordset": f"{OWNER} or role:member and {SHARED} and ('PRIMARY':%(zone_type)s)",
    **dict.fromkeys(("get_recordsets", "find_recordset", "count_recordset"), RDR),
    **dict.fromkeys(("update_recordset", "delete_recordset"), WRITE),
    **dict.fromkeys(("create_zone_import", "update_zone_import", "delete_zone_import"), MEM),
    **dict.fromkeys(("find_zone_imports", "get_zone_import"), RDR),
    **dict.fromkeys(
        ("zone_export", "create_zone_export", "update_zone_export", "delete_zone_export"), MEM
    ),
    **dict.fromkeys(("find_zone_exports", "get_zone_export"), RDR),
    **dict.fromkeys(
        (
            "create_zone_transfer_request",
            "update_zone_transfer_request",
            "delete_zone_transfer_request",
        ),
        MEM,
    ),
    "get_zone_transfer_request": TARGETED,
    "get_zone_transfer_request_detailed": RDR,
    "find_zone_transfer_requests": "@",
    # Nor of who takes a zone.
    "create_zone_transfer_accept": "role:admin or role:member and"
    " (project_id:%(target_project_id)s or None:%(target_project_id)s)",
    "get_zone_transfer_accept": RDR,
    "find_zone_transfer_accepts": ADM,
}

OURS = {"update_floatingip": MEM}
"""Upstream asks nothing there (API.md section 30, I2)."""


def test_names_and_defaults_are_upstreams() -> None:
    """A policy file written for it means the same here."""
    assert len(EXPECTED) == 91
    assert {rule.name: rule.check_str for rule in rules()} == EXPECTED | OURS


def test_rules_are_of_project_scope_but_for_aliases_and_open_ones() -> None:
    """A system token is refused by its scope, before its roles count."""
    unscoped = {rule.name for rule in rules() if not rule.scope_types}
    assert unscoped == {
        *("admin", "owner", "admin_or_owner", "default"),
        *("find_zone_shares", "find_zone_transfer_requests"),
    }
    assert all(rule.scope_types == ["project"] for rule in rules() if rule.name not in unscoped)
    system = caller(None, "admin", system_scope="all")
    with pytest.raises(InvalidTokenScope):
        enforcer().check(system, "create_zone", {"project_id": None})
    assert not enforcer().allows(system, "use_low_ttl", {"project_id": None})


def test_a_site_overrides_a_rule(tmp_path: Path) -> None:
    """The policy file wins over the default; the other rules stay."""
    (tmp_path / "policy.yaml").write_text('"create_zone": "role:dns"\n', "utf-8")
    file = tmp_path / "designate.conf"
    file.write_text(f"[oslo_policy]\npolicy_file = {tmp_path}/policy.yaml\n", "utf-8")
    own = Enforcer(conf.load([str(file)]))
    target = {"project_id": "p1", "tenant_id": "p1"}
    own.check(caller("p2", "dns"), "create_zone", target)
    with pytest.raises(Forbidden):
        own.check(caller("p1"), "create_zone", target)
    own.check(caller("p1"), "update_zone", target)
    with pytest.raises(Forbidden):
        own.check(caller("p1", "dns"), "update_zone", target)


def test_a_site_keeps_the_rules_of_old(tmp_path: Path) -> None:
    """Without the new defaults the owner needs no role, as long as nothing else is said."""
    file = tmp_path / "designate.conf"
    file.write_text("[oslo_policy]\nenforce_new_defaults = false\n", "utf-8")
    old = Enforcer(conf.load([str(file)]))
    target = {"project_id": "p1", "tenant_id": "p1", "zone_type": "PRIMARY", "zone_shared": False}
    for rule in ("create_zone", "get_zone", "find_zones", "create_recordset"):
        old.check(caller("p1", "whatever"), rule, target)
        with pytest.raises(Forbidden):
            enforcer().check(caller("p1", "whatever"), rule, target)
        with pytest.raises(Forbidden):
            old.check(caller("p2", "whatever"), rule, target)
