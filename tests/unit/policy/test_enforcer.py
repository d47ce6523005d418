# SPDX-License-Identifier: Apache-2.0
"""Policy on behalf of a caller: scopes, and files that a site changes while we run."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oslo_policy import policy

from designate import conf
from designate.errors import Forbidden, InvalidTokenScope
from designate.policy import rules
from designate.policy.enforcer import RELOAD, Enforcer
from tests.unit.central.site import caller
from tests.unit.policy.expressions import TARGETS

ALLOWED, REFUSED, WRONG_SCOPE = "allowed", "refused", "wrong scope"


class Site:
    """A site's policy files, and an enforcer that looks at them when its clock says so."""

    def __init__(self, folder: Path) -> None:
        self.file, self.directory = folder / "policy.yaml", folder / "policy.d"
        self.directory.mkdir()
        self.now = 0.0
        self._edits = 0

    def write(self, path: Path, text: str) -> None:
        """Write a file at a later second than the last one."""
        path.write_text(text, "utf-8")
        self.touch(path)

    def touch(self, path: Path) -> None:
        """Have a file or folder changed a second after the last change."""
        self._edits += 1
        os.utime(path, (2_000_000_000 + self._edits,) * 2)

    def enforcer(self) -> Enforcer:
        """An enforcer over the files."""
        options = self.file.with_name("designate.conf")
        options.write_text(
            f"[oslo_policy]\npolicy_file = {self.file}\npolicy_dirs = {self.directory}\n", "utf-8"
        )
        return Enforcer(conf.load([str(options)]), clock=lambda: self.now)

    def decides(self, enforcer: Enforcer, role: str, rule: str = "create_zone") -> bool:
        """Whether the rule lets a project's user with this role in, once files were looked at."""
        self.now += RELOAD + 1
        return enforcer.allows(caller("p1", role), rule, {"project_id": "p1"})


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """No policy file yet."""
    return Site(tmp_path)


def test_a_changed_policy_file_counts_soon(site: Site) -> None:
    """The new rules come and the old ones go, without a restart."""
    site.write(site.file, '"create_zone": "role:dns"')
    enforcer = site.enforcer()
    assert site.decides(enforcer, "dns")
    site.write(site.file, '"create_zone": "role:hostmaster"')
    assert not site.decides(enforcer, "dns")
    assert site.decides(enforcer, "hostmaster")
    site.write(site.file, '"delete_zone": "!"')
    assert site.decides(enforcer, "member")
    assert not site.decides(enforcer, "hostmaster")
    assert not site.decides(enforcer, "admin", "delete_zone")


def test_files_are_looked_at_now_and_then_only(site: Site) -> None:
    """Between two looks a decision costs no system call, and is the old one."""
    site.write(site.file, '"create_zone": "role:dns"')
    enforcer = site.enforcer()
    site.write(site.file, '"create_zone": "!"')
    site.now += RELOAD - 1
    assert enforcer.allows(caller("p1", "dns"), "create_zone", {})


def test_files_of_the_policy_directory_count(site: Site) -> None:
    """What stands there wins over the policy file, and changes and goes as the file does."""
    site.write(site.file, '"create_zone": "role:dns"')
    enforcer = site.enforcer()
    extra = site.directory / "10-extra.yaml"
    site.write(extra, '"create_zone": "role:extra"')
    assert site.decides(enforcer, "extra")
    assert not site.decides(enforcer, "dns")
    site.write(extra, '"create_zone": "role:other"')
    assert not site.decides(enforcer, "extra")
    assert site.decides(enforcer, "other")
    extra.unlink()
    site.touch(site.directory)
    assert not site.decides(enforcer, "other")
    assert site.decides(enforcer, "dns")


@pytest.mark.parametrize(
    "broken", ["a: [", "- a", "text", '"create_zone": 5', '"create_zone": [5]']
)
def test_a_broken_policy_file_changes_nothing_while_we_run(site: Site, broken: str) -> None:
    """The rules in force stay until the file is mended; no request fails."""
    site.write(site.file, '"create_zone": "role:dns"')
    enforcer = site.enforcer()
    site.write(site.file, broken)
    for _ in range(2):
        assert site.decides(enforcer, "dns")
        assert not site.decides(enforcer, "member")
    site.write(site.file, '"create_zone": "role:mended"')
    assert site.decides(enforcer, "mended")


@pytest.mark.parametrize("broken", ["a: [", "- a", '"create_zone": 5', "\udcff"])
def test_a_broken_policy_file_prevents_the_start(site: Site, broken: str) -> None:
    """With a sentence about policy files, not with a traceback."""
    site.file.write_bytes(broken.encode("utf-8", "surrogateescape"))
    with pytest.raises(conf.ConfigurationError, match=r"\[oslo_policy\].*olicy file"):
        site.enforcer()


def test_a_rule_that_cannot_be_decided_refuses(site: Site) -> None:
    """Nobody gets in, and no request ends in an error."""
    site.write(site.file, '"create_zone": "rule:create_zone"\n"delete_zone": "not a:%(b"')
    enforcer = site.enforcer()
    assert not site.decides(enforcer, "admin")
    assert not site.decides(enforcer, "admin", "delete_zone")


@pytest.fixture(scope="module")
def both() -> tuple[Enforcer, policy.Enforcer]:
    """Ours, and oslo.policy with the same rules."""
    theirs = policy.Enforcer(conf.load([], search=False))
    theirs.register_defaults(rules())
    return Enforcer(conf.load([], search=False)), theirs


@given(
    rule=st.sampled_from([rule.name for rule in rules()]),
    target=TARGETS,
    roles=st.lists(st.sampled_from(["admin", "member", "reader"]), max_size=2),
    project=st.sampled_from(["p1", "p2", None]),
    scope=st.sampled_from([{}, {"system_scope": "all"}, {"domain_id": "d1"}]),
)
def test_any_caller_gets_what_oslo_policy_says(
    both: tuple[Enforcer, policy.Enforcer],
    rule: str,
    target: dict[str, object],
    roles: list[str],
    project: str | None,
    scope: dict[str, str],
) -> None:
    """Of whatever scope the token is, whatever its roles."""
    ours, theirs = both
    ctx = caller(project, *roles, **scope)
    creds = {"project_id": project, "tenant_id": project, "roles": list(ctx.roles), **scope}
    try:
        theirs.authorize(rule, dict(target), creds, do_raise=True)
        expected = ALLOWED
    except policy.InvalidScope:
        expected = WRONG_SCOPE
    except policy.PolicyNotAuthorized:
        expected = REFUSED
    try:
        ours.check(ctx, rule, target)
        found = ALLOWED
    except InvalidTokenScope:
        found = WRONG_SCOPE
    except Forbidden:
        found = REFUSED
    assert found == expected
