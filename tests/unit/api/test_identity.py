# SPDX-License-Identifier: Apache-2.0
"""Who asks, and with which switches."""

import logging
from collections.abc import Mapping
from typing import Any

import falcon
import pytest

from designate.api.middleware.identity import Identity, keystone, noauth, strategy
from designate.api.middleware.switches import Switches
from designate.errors import BadRequest, Forbidden, Unauthenticated
from designate.model.context import Context
from tests.unit.api.requests import request


class Gate:
    """An enforcer that lets administrators through and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def check(self, ctx: Context, rule: str, target: Mapping[str, object]) -> None:
        self.asked.append(rule)
        if "admin" not in ctx.roles:
            raise Forbidden


def identified(gate: Gate | None = None, **environ: Any) -> tuple[Context, list[tuple[str, str]]]:
    asked = request(**environ)
    Identity(noauth).process_request(asked, falcon.Response())
    Switches(gate or Gate()).process_request(asked, falcon.Response())
    return asked.caller, asked.arguments


def test_without_headers_the_caller_is_the_administrator_of_a_project() -> None:
    caller, _ = identified()
    assert (caller.user_id, caller.project_id, caller.roles) == (
        "noauth-user", "noauth-project", ("admin",),
    )  # fmt: skip


def test_headers_tell_who_asks() -> None:
    caller, _ = identified(
        http_x_auth_user_id="u1", http_x_auth_project_id="p1", http_x_roles="Member, READER ,"
    )
    assert (caller.user_id, caller.project_id, caller.roles) == ("u1", "p1", ("member", "reader"))


def test_no_roles_are_no_roles() -> None:
    assert identified(http_x_roles="")[0].roles == ()


@pytest.mark.parametrize("value", ["1", "t", "TRUE", "on", "Y", "yes"])
def test_a_switch_has_many_words_for_on(value: str) -> None:
    assert identified(http_x_auth_all_projects=value)[0].all_projects


@pytest.mark.parametrize("value", ["0", "", "false", "enabled", "2"])
def test_everything_else_is_off(value: str) -> None:
    gate = Gate()
    assert not identified(gate, http_x_auth_all_projects=value)[0].all_projects
    assert gate.asked == []


def test_parameters_switch_and_are_used_up() -> None:
    caller, arguments = identified(query_string="all_tenants=1&name=a&edit_managed_records=true&x=")
    assert caller.all_projects
    assert caller.edit_managed
    assert arguments == [("name", "a"), ("x", "")]


def test_a_parameter_wins_over_its_header() -> None:
    caller, _ = identified(http_x_auth_all_projects="true", query_string="all_projects=no")
    assert not caller.all_projects


def test_switches_are_checked_in_their_order() -> None:
    gate = Gate()
    caller, _ = identified(
        gate,
        http_x_designate_hard_delete="1",
        http_x_designate_edit_managed_records="1",
        http_x_auth_all_projects="1",
        http_x_auth_sudo_project_id="p9",
        http_x_designate_delete_shares="1",
        http_openstack_dns_hide_counts="1",
    )
    assert gate.asked == ["use_sudo", "all_tenants", "edit_managed_records", "hard_delete"]
    assert (caller.project_id, caller.original_project_id) == ("p9", "noauth-project")
    assert caller.hard_delete
    assert caller.delete_shares
    assert caller.hide_counts


@pytest.mark.parametrize(
    "header",
    [
        "http_x_auth_sudo_project_id",
        "http_x_auth_sudo_tenant_id",
        "http_x_auth_all_projects",
        "http_x_designate_edit_managed_records",
        "http_x_designate_hard_delete",
    ],
)
def test_a_member_may_not_switch(header: str) -> None:
    with pytest.raises(Forbidden):
        identified(None, **{"http_x_roles": "member", header: "yes"})


def test_sudo_to_ones_own_project_asks_for_nothing() -> None:
    caller, _ = identified(
        http_x_roles="member", http_x_auth_project_id="p1", http_x_auth_sudo_project_id="p1"
    )
    assert caller.project_id == "p1"
    assert caller.original_project_id is None


@pytest.mark.parametrize(
    ("claimed", "remembered"),
    [
        ("req-11111111-2222-3333-4444-55555555aaaa", True),
        ("req-11111111-2222-3333-4444-55555555AAAA", False),
        ("11111111-2222-3333-4444-555555555555", False),
        ("req-x\nreq-11111111-2222-3333-4444-55555555aaaa", False),
    ],
)
def test_a_claimed_request_id_is_kept_when_it_is_one(claimed: str, remembered: bool) -> None:  # noqa: FBT001
    caller, _ = identified(http_x_openstack_request_id=claimed)
    assert caller.global_request_id == (claimed if remembered else None)
    assert caller.request_id == "req-1"


@pytest.mark.parametrize(
    "header", ["x_auth_user_id", "x_auth_project_id", "x_auth_sudo_project_id"]
)
def test_an_id_that_no_database_holds_is_refused(header: str) -> None:
    """It would be found out by the database only, when something is written."""
    name = f"http_{header}"
    assert identified(Gate(), **{name: "x" * 255})[0].project_id is not None
    with pytest.raises(BadRequest, match="longer than 255"):
        identified(Gate(), **{name: "x" * 256})


# -- Keystone -------------------------------------------------------------------------------------


def validated(**environ: Any) -> Context:
    """The caller by what a filter of tokens has left in the environment."""
    asked = request(**{"http_x_user_id": "u1", **environ})
    Identity(keystone).process_request(asked, falcon.Response())
    return asked.caller


def test_the_filter_of_tokens_tells_who_asks() -> None:
    caller = validated(
        http_x_project_id="p1",
        http_x_tenant_id="p1",
        http_x_roles="Member,reader",
        http_x_auth_token="gAAAA",
        http_x_service_catalog='[{"type": "network", "endpoints": []}]',
        http_x_auth_user_id="nobody",
        http_x_auth_project_id="nothing",
    )
    assert (caller.user_id, caller.project_id, caller.roles) == ("u1", "p1", ("member", "reader"))
    assert caller.secrets is not None
    assert caller.secrets.token == "gAAAA"
    assert caller.secrets.catalog == [{"type": "network", "endpoints": []}]
    assert "gAAAA" not in repr(caller)


def test_what_the_filter_does_not_tell_is_nothing() -> None:
    """Without roles nobody may do anything, and nothing fails."""
    for absent in ({}, {"http_x_roles": "", "http_x_project_id": "", "http_x_tenant_id": ""}):
        caller = validated(**absent)
        assert (caller.project_id, caller.roles, caller.system_scope) == (None, (), None)
        assert caller.secrets is None


def test_the_older_name_of_the_project_will_do() -> None:
    assert validated(http_x_tenant_id="p1").project_id == "p1"


def test_system_scope_is_kept_and_a_domain_is_not() -> None:
    caller = validated(http_openstack_system_scope="all", http_x_domain_id="default")
    assert (caller.system_scope, caller.domain_id) == ("all", None)


@pytest.mark.parametrize("catalog", ["", "nonsense", "{}", "[1]", '[{"type"'])
def test_a_catalogue_that_nobody_can_read_is_none(catalog: str) -> None:
    caller = validated(http_x_auth_token="secret", http_x_service_catalog=catalog)
    assert caller.secrets is not None
    assert caller.secrets.catalog == []


@pytest.mark.parametrize(
    "environ", [{"http_x_user_id": None}, {"http_x_identity_status": "Invalid"}]
)
def test_who_was_not_validated_is_nobody(environ: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        validated(**environ)


CLAIMS: dict[str, Any] = {
    "http_x_user_id": "u1",
    "http_x_project_id": "p1",
    "http_x_roles": "admin",
    "http_x_identity_status": "Confirmed",
    "http_keystone_token_auth": "1",
    "http_keystone.token_auth": "1",
}


def test_what_no_filter_has_said_is_not_believed(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a client sends; the log names the pipeline, once."""
    identity = Identity(strategy("keystone", "mine.ini", trust_headers=False))
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            identity.process_request(request(**CLAIMS), falcon.Response())
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "mine.ini" in record.getMessage() and "authtoken" in record.getMessage()
    asked = request(**CLAIMS)
    asked.env["keystone.token_auth"] = object()
    identity.process_request(asked, falcon.Response())
    assert asked.caller.user_id == "u1"


def test_a_site_may_say_that_its_own_filter_authenticates() -> None:
    """Then the headers are that filter's."""
    asked = request(**CLAIMS)
    trusting = strategy("keystone", "mine.ini", trust_headers=True)
    Identity(trusting).process_request(asked, falcon.Response())
    assert (asked.caller.user_id, asked.caller.roles) == ("u1", ("admin",))
