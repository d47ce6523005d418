# SPDX-License-Identifier: Apache-2.0
"""The programs of oslo.policy and oslo.config know our rules and options."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from designate.policy import rules

BIN = Path(sys.executable).parent
TIMEOUT = 60.0
NAMESPACE = ("--namespace", "designate")


def run(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one to its end."""
    return subprocess.run(
        [str(BIN / program), *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration whose policy file overrides two rules, one of them with its default."""
    (tmp_path / "policy.yaml").write_text(
        '"create_zone": "role:dns_admin"\n"find_tlds": "role:admin"\n', "utf-8"
    )
    file = tmp_path / "designate.conf"
    file.write_text(f"[oslo_policy]\npolicy_file = {tmp_path}/policy.yaml\n", "utf-8")
    return file


def test_the_sample_policy_has_every_rule() -> None:
    """Commented out, with what it is for and where it is asked."""
    done = run("oslopolicy-sample-generator", *NAMESPACE, "--exclude-deprecated")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    named = [line.split('"')[1] for line in lines if line.startswith('#"')]
    assert sorted(named) == sorted(rule.name for rule in rules())
    assert "# POST  /v2/zones\n" in done.stdout


def test_the_policy_in_force_shows_what_a_site_overrides(configured: Path) -> None:
    """oslopolicy-policy-generator merges, oslopolicy-list-redundant tells what need not be said."""
    at = ("--config-file", str(configured))
    done = run("oslopolicy-policy-generator", *at, *NAMESPACE)
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["create_zone"] == "role:dns_admin"
    done = run("oslopolicy-list-redundant", *at, *NAMESPACE)
    assert done.returncode == 0, done.stderr
    assert '"find_tlds"' in done.stdout
    assert "create_zone" not in done.stdout


def test_a_policy_file_is_validated(configured: Path) -> None:
    """A rule nobody knows is found."""
    at = ("--config-file", str(configured))
    assert run("oslopolicy-validator", *at, *NAMESPACE).returncode == 0
    (configured.parent / "policy.yaml").write_text('"create_zones": "@"\n', "utf-8")
    assert run("oslopolicy-validator", *at, *NAMESPACE).returncode == 1


@pytest.mark.parametrize(("role", "verdict"), [("member", "passed"), ("reader", "failed")])
def test_the_checker_tells_what_a_token_may_do(tmp_path: Path, role: str, verdict: str) -> None:
    """With our sample as its policy."""
    sample = run("oslopolicy-sample-generator", *NAMESPACE, "--exclude-deprecated").stdout
    policy = tmp_path / "policy.yaml"
    policy.write_text(sample.replace('#"', '"'), "utf-8")
    token = {
        "token": {
            "methods": ["password"],
            "user": {"id": "u1", "name": "u", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": "p1", "name": "p", "domain": {"id": "default", "name": "Default"}},
            "roles": [{"id": role, "name": role}],
        }
    }
    access, target = tmp_path / "access.json", tmp_path / "target.json"
    access.write_text(json.dumps(token), "utf-8")
    target.write_text(json.dumps({"project_id": "p1", "tenant_id": "p1"}), "utf-8")
    done = run(
        "oslopolicy-checker",
        *("--policy", str(policy), "--access", str(access), "--target", str(target)),
        *("--rule", "create_zone"),
    )
    assert done.stdout.strip() == f"{verdict}: create_zone", done.stderr


def test_the_sample_configuration_has_our_options_and_defaults() -> None:
    """A section each; a library's option with the default that holds here."""
    done = run(
        "oslo-config-generator",
        *NAMESPACE,
        *("--namespace", "oslo.middleware.cors", "--namespace", "keystonemiddleware.auth_token"),
    )
    assert done.returncode == 0, done.stderr
    for words in (
        "[service:api]",
        "#auth_strategy = keystone",
        "#listen = 0.0.0.0:9001",
        "[storage:sqlalchemy]",
        "[ssl]",
        "X-Designate-Delete-Shares",
        "[keystone_authtoken]",
    ):
        assert words in done.stdout
