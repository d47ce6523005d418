# SPDX-License-Identifier: Apache-2.0
"""The context as data."""

import msgspec

from designate.model.context import Context, Secrets
from designate.rpc import context

FULL = Context(
    request_id="req-1",
    global_request_id="req-2",
    user_id="u",
    project_id="p",
    original_project_id="q",
    roles=("admin", "member"),
    system_scope="all",
    domain_id="d",
    all_projects=True,
    edit_managed=True,
    hard_delete=True,
    delete_shares=True,
    hide_counts=True,
    secrets=Secrets(token="t", catalog_json='[{"type": "network"}]'),
)


def test_every_field_arrives() -> None:
    """One that is added later must be given a key."""
    assert context.unpack(context.pack(FULL)) == FULL
    assert all(msgspec.structs.astuple(FULL))


def test_what_is_not_set_is_not_sent() -> None:
    """Most of a context."""
    bare = Context(request_id="req-1")
    assert context.pack(bare) == {"request_id": "req-1"}
    assert context.unpack(context.pack(bare)) == bare


def test_upstreams_keys_are_used() -> None:
    """Libraries know some of them: the token is shown by none."""
    packed = context.pack(FULL)
    assert packed["auth_token"] == "t"
    assert packed["service_catalog"] == '[{"type": "network"}]'
    assert packed["all_tenants"] is True
    assert packed["edit_managed_records"] is True


def test_a_key_of_another_version_is_ignored() -> None:
    """And what it does not send has its default."""
    assert context.unpack({"request_id": "r", "later": 1, "msg_id": "x"}).request_id == "r"
