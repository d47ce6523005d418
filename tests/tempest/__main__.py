# SPDX-License-Identifier: Apache-2.0
"""`make tempest`: the published Tempest plug-in for DNS, against Keystone, `designate up` and BIND.

Its arguments are those of `tempest run`; by default it runs all tests of the plug-in. What fails
or is skipped is explained in docs/tempest.md.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.clients.cloud import Cloud
from tests.servers.bind9 import Bind9
from tests.servers.keystone import DOMAIN, REGION, Keystone

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv" / "tempest" / "bin"
PLUGIN = "designate_tempest_plugin"
# The quotas of a new site, which `designate up` has not by itself, and what the plug-in assumes.
SITE = """
[DEFAULT]
quota_zones = 10
quota_zone_recordsets = 500
quota_zone_records = 500
quota_recordset_records = 20
quota_api_export_size = 1000
[service:api]
quotas_verify_project_id = true
allow_empty_secrets_for_tsig = false
[service:central]
scheduler_filters = attribute, pool_id_attribute, in_doubt_default_pool
"""
TEMPEST = """
[DEFAULT]
log_file = tempest.log
[oslo_concurrency]
lock_path = {directory}
[auth]
use_dynamic_credentials = true
create_isolated_networks = false
admin_username = {user}
admin_password = {password}
admin_project_name = admin
admin_domain_name = Default
[identity]
auth_version = v3
uri_v3 = {keystone}
region = {region}
default_domain_id = {domain}
[identity-feature-enabled]
api_v2 = false
api_v3 = true
[service_available]
designate = true
cinder = false
glance = false
neutron = false
nova = false
swift = false
[dns]
nameservers = {nameserver}
build_interval = 1
build_timeout = 60
[dns_feature_enabled]
api_admin = true
api_v2_root_recordsets = true
api_v2_quotas = true
api_v2_quotas_verify_project = true
enforce_new_defaults = true
"""


def main(arguments: list[str]) -> int:
    """Bring everything up, run, print the summary."""
    subprocess.run([ROOT / "scripts" / "setup", "tempest"], check=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        here = Path(folder)
        keystone, server = Keystone(here / "keystone"), Bind9(here / "bind")
        stack.callback(keystone.stop)
        keystone.start()
        stack.callback(server.stop)
        server.start()
        cloud = Cloud(here / "designate", keystone, SITE, server)
        stack.callback(cloud.stop)
        cloud.start()
        return _run(here, arguments or ["--regex", PLUGIN], _configuration(here, keystone, server))


def _configuration(here: Path, keystone: Keystone, server: Bind9) -> str:
    return TEMPEST.format(
        directory=here,
        user=keystone.admin.name,
        password=keystone.admin.password,
        keystone=keystone.url,
        region=REGION,
        domain=DOMAIN,
        nameserver=f"{server.host}:{server.port}",
    )


def _run(here: Path, arguments: list[str], configuration: str) -> int:
    workspace = here / "workspace"
    tempest, registry = str(BIN / "tempest"), str(here / "workspaces.yaml")
    init = [tempest, "init", "--workspace-path", registry, str(workspace)]
    subprocess.run(init, check=True, capture_output=True)
    file = workspace / "etc" / "tempest.conf"
    file.write_text(configuration, "utf-8")
    command = [tempest, "run", "--config-file", str(file), "--concurrency", "2", *arguments]
    return subprocess.run(command, cwd=workspace, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
