# SPDX-License-Identifier: Apache-2.0
"""A Keystone of the tests' own: real tokens of every scope, roles, the service catalogue.

It is installed into a virtual environment of its own when it is first asked for, keeps its database
(SQLite) and keys in a temporary folder, and listens on loopback.
"""

import base64
import json
import os
import secrets
import signal
import subprocess
import time
import urllib.error
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.api.exchange import Live
from tests.servers.bind9 import HOST, free_port

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".venv" / "keystone"
REGION = "RegionOne"
STARTING = 60.0
STOPPING = 15.0
INSTALLING = 600.0

CONFIGURATION = """
[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///{directory}/keystone.sqlite?timeout=60
sqlite_synchronous = false
[cache]
enabled = false
[fernet_tokens]
key_repository = {directory}/fernet
[fernet_receipts]
key_repository = {directory}/receipts
[credential]
key_repository = {directory}/credentials
[identity]
password_hash_rounds = 4
"""
SERVE = """
import sys
address = sys.argv[1], int(sys.argv[2])
del sys.argv[1:]  # which Keystone would read
from cheroot.wsgi import Server
from keystone.wsgi.api import application
Server(address, application, numthreads=4).start()
"""
DOMAIN = "default"
_ADMIN_PROJECT = {"project": {"name": "admin", "domain": {"id": DOMAIN}}}


@dataclass(frozen=True)
class User:
    """Somebody who can get tokens; the password is made up for this Keystone."""

    name: str
    password: str
    id: str = ""


class Keystone:
    """Starts with the user `admin`, the roles admin, member and reader, and the project `admin`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._port = free_port()
        self._log = directory / "keystone.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._admin_token = ""
        self._roles: dict[str, str] = {}
        self.url = f"http://{HOST}:{self._port}/v3"
        self.admin = User("admin", secrets.token_hex(16))

    def start(self) -> None:
        """Install it if need be, make its database, and wait until it gives out tokens."""
        subprocess.run([ROOT / "scripts" / "setup", "keystone"], check=True, timeout=INSTALLING)
        self._write_files()
        self._manage("db_sync")
        self._manage(
            "bootstrap",
            *("--bootstrap-password", self.admin.password),
            *("--bootstrap-public-url", self.url, "--bootstrap-internal-url", self.url),
            *("--bootstrap-region-id", REGION),
        )
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [HOME / "bin" / "python", "-c", SERVE, HOST, str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
            )
        self._wait()
        self._admin_token = self._issue(self.admin, _ADMIN_PROJECT)
        self._roles = {role["name"]: role["id"] for role in self.call("GET", "/roles")["roles"]}

    def stop(self) -> None:
        """End it and wait; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def register_dns(self, url: str) -> None:
        """Put the service `dns` with one endpoint into the catalogue; `url` has no version."""
        self.register("dns", url)

    def register(self, kind: str, url: str) -> None:
        """Put a service of this type with one endpoint into the catalogue."""
        made = self.call("POST", "/services", {"service": {"type": kind, "name": kind}})
        for interface in ("public", "internal", "admin"):
            endpoint = {
                "service_id": made["service"]["id"],
                "interface": interface,
                "url": url,
                "region_id": REGION,
            }
            self.call("POST", "/endpoints", {"endpoint": endpoint})

    def unregister_dns(self) -> None:
        """Take every service `dns` out of the catalogue, with its endpoints."""
        self.unregister("dns")

    def unregister(self, kind: str) -> None:
        """Take every service of this type out of the catalogue, with its endpoints."""
        for service in self.call("GET", f"/services?type={kind}")["services"]:
            self.call("DELETE", f"/services/{service['id']}")

    def project(self, name: str = "project") -> str:
        """A new project; its id. A word is added to the name so that it is unique."""
        made = {"name": f"{name}-{secrets.token_hex(4)}", "domain_id": DOMAIN}
        return str(self.call("POST", "/projects", {"project": made})["project"]["id"])

    def role(self, name: str) -> None:
        """A role of the site's own."""
        made = self.call("POST", "/roles", {"role": {"name": name}})
        self._roles[name] = made["role"]["id"]

    def user(self, *roles: str, project: str | None = None, name: str = "user") -> User:
        """A new user with these roles in the project, if any."""
        user = {
            "name": f"{name}-{secrets.token_hex(4)}",
            "password": secrets.token_hex(16),
            "domain_id": DOMAIN,
        }
        made = self.call("POST", "/users", {"user": user})
        found = User(user["name"], user["password"], str(made["user"]["id"]))
        if project is not None:
            self.grant(found, *roles, on=f"/projects/{project}")
        return found

    def grant(self, user: User, *roles: str, on: str = "/system") -> None:
        """Give roles on `/projects/ID`, `/domains/ID` or `/system`."""
        for role in roles:
            self.call("PUT", f"{on}/users/{user.id}/roles/{self._roles[role]}")

    def token(
        self,
        user: User,
        *,
        project: str | None = None,
        domain: str | None = None,
        system: bool = False,
    ) -> str:
        """A token of one scope, or of none."""
        scope: dict[str, Any] | str = "unscoped"
        if project is not None:
            scope = {"project": {"id": project}}
        elif domain is not None:
            scope = {"domain": {"id": domain}}
        elif system:
            scope = {"system": {"all": True}}
        return self._issue(user, scope)

    def caller(self, *roles: str, project: str) -> str:
        """The token of a new user with these roles in the project."""
        return self.token(self.user(*roles, project=project), project=project)

    def revoke(self, token: str) -> None:
        """Make a token invalid."""
        self.call("DELETE", "/auth/tokens", headers={"X-Subject-Token": token})

    def access(self, user: User, project: str) -> dict[str, str]:
        """The environment of a client such as `openstack` for a user of a project."""
        return {
            "OS_AUTH_TYPE": "password",
            "OS_AUTH_URL": self.url,
            "OS_IDENTITY_API_VERSION": "3",
            "OS_REGION_NAME": REGION,
            "OS_USERNAME": user.name,
            "OS_PASSWORD": user.password,
            "OS_USER_DOMAIN_ID": DOMAIN,
            "OS_PROJECT_ID": project,
        }

    def authtoken(self, **more: object) -> str:
        """The section `[keystone_authtoken]` for a service of the tests; `more` are options."""
        options = {
            "www_authenticate_uri": self.url,
            "auth_url": self.url,
            "auth_type": "password",
            "username": self.admin.name,
            "password": self.admin.password,
            "user_domain_id": DOMAIN,
            "project_name": "admin",
            "project_domain_id": DOMAIN,
            "service_token_roles_required": True,
            **more,
        }
        return "\n".join(["[keystone_authtoken]", *(f"{k} = {v}" for k, v in options.items()), ""])

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Ask Keystone as its administrator; fails the test unless it agrees."""
        sent = {
            "X-Auth-Token": self._admin_token,
            "Content-Type": "application/json",
            **(headers or {}),
        }
        data = b"" if body is None else json.dumps(body).encode()
        reply = Live(self.url).send(method, path, sent, data)
        assert reply.status < 300, f"{method} {path}: {reply.status} {reply.text}"
        return reply.json if reply.body else None

    def _issue(self, user: User, scope: Mapping[str, Any] | str) -> str:
        known = {"name": user.name, "password": user.password, "domain": {"id": DOMAIN}}
        identity = {"methods": ["password"], "password": {"user": known}}
        body = json.dumps({"auth": {"identity": identity, "scope": scope}}).encode()
        sent = {"Content-Type": "application/json"}
        reply = Live(self.url).send("POST", "/auth/tokens", sent, body)
        assert reply.status == 201, reply.text
        return reply.headers["x-subject-token"]

    def _write_files(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(directory=self._directory)
        (self._directory / "keystone.conf").write_text(text, "utf-8")
        for repository in ("fernet", "receipts", "credentials"):
            folder = self._directory / repository
            folder.mkdir(mode=0o700)
            for number in (0, 1):
                key = base64.urlsafe_b64encode(secrets.token_bytes(32))
                (folder / str(number)).write_bytes(key)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "OS_KEYSTONE_CONFIG_DIR": str(self._directory)}

    def _manage(self, *arguments: str) -> None:
        configuration = self._directory / "keystone.conf"
        program = str(HOME / "bin" / "keystone-manage")
        command = [program, "--config-file", str(configuration), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"keystone-manage {arguments[0]}:\n{done.stderr[-3000:]}")

    def _wait(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + STARTING
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                text = self._log.read_text("utf-8")[-3000:]
                raise RuntimeError(f"Keystone did not start:\n{text}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return Live(self.url).send("GET", "", {}, b"").status == 200
        except urllib.error.URLError:
            return False
