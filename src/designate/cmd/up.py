# SPDX-License-Identifier: Apache-2.0
"""`designate up`: the whole system in one process, for a laptop or a test."""

import argparse
import ipaddress
import logging
import sys
from pathlib import Path

from designate.cmd import service
from designate.cmd.embedded import Embedded, Options
from designate.conf import ConfigurationError
from designate.conf.addresses import Endpoint, endpoint
from designate.errors import ConfigurationError as BadConfiguration
from designate.mdns.server import has_ipv6_loopback
from designate.runtime import memory, open_files, signals, state_dir

LOG = logging.getLogger(__name__)
API_LISTEN = "127.0.0.1:9001"
DNS_LISTEN = "127.0.0.1:5354"
SWITCH_INTERVAL = 0.001
"""Seconds after which a thread that computes, such as an import's, lets one go on that waits."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    about = "run every service in this process"
    parser = commands.add_parser("up", help=about, description=__doc__)
    parser.add_argument(
        "--state-dir",
        type=Path,
        default=state_dir.default(),
        metavar="DIR",
        help="folder of the database (default: %(default)s)",
    )
    parser.add_argument(
        "--api-listen",
        type=_endpoint,
        default=endpoint(API_LISTEN),
        metavar="HOST:PORT",
        help=f"where the API listens (default: {API_LISTEN})",
    )
    parser.add_argument(
        "--dns-listen",
        type=_endpoint,
        action="append",
        metavar="HOST:PORT",
        help=f"where DNS listens; may be repeated (default: {DNS_LISTEN}, and [::1]:5354 too"
        " where the machine has IPv6)",
    )
    parser.add_argument("--pools", type=Path, metavar="FILE", help="pools.yaml")
    parser.add_argument(
        "--config-file",
        action="append",
        default=[],
        metavar="FILE",
        help="designate.conf; may be repeated, a later file wins",
    )
    parser.add_argument(
        "--auth",
        choices=("noauth", "keystone"),
        help="who says who a client is; keystone needs a configuration file with"
        " [keystone_authtoken] (default: what the configuration says, else noauth)",
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="listen beyond loopback although nobody has to authenticate",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    memory.share_arenas()
    open_files.allow_many()
    service.start_logging()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    dns_listen = arguments.dns_listen or _default_dns()
    options = Options(
        state_dir=arguments.state_dir.absolute(),
        api_listen=arguments.api_listen,
        dns_listen=dns_listen,
        pools=arguments.pools,
        config_files=arguments.config_file,
        auth=arguments.auth,
    )
    with signals.Signals() as end:
        try:
            embedded = Embedded(options)
            if problem := _exposed(embedded, options, allowed=arguments.allow_remote):
                return _fail(problem)
            embedded.start(end.pause)
        except signals.Ended:
            return 0
        except (ConfigurationError, BadConfiguration, OSError) as error:
            return _fail(str(error))
        try:
            print(_greeting(embedded, options), flush=True)
            end.wait()
        finally:
            embedded.stop()
    return 0


def _exposed(embedded: Embedded, options: Options, *, allowed: bool) -> str | None:
    """What is wrong with listening beyond loopback, where nobody has to authenticate."""
    if embedded.auth_strategy == "keystone":
        # Its tokens guard the API, rules of its own the DNS server.
        return None
    listens = (options.api_listen, *options.dns_listen)
    remote = [at for at in listens if not _is_loopback(at.host)]
    if remote and not allowed:
        return f"{remote[0]} is not loopback, and nobody has to authenticate: --allow-remote"
    if remote:
        LOG.warning("Listening on %s: whoever reaches it may change every zone", remote[0])
    return None


def _greeting(embedded: Embedded, options: Options) -> str:
    api = f"http://{Endpoint(*embedded.api_address)}"
    dns = [Endpoint(*address) for address in embedded.dns_addresses]
    at = f"@{dns[0].host} -p {dns[0].port}"
    keystone = embedded.auth_strategy == "keystone"
    access = "tokens of Keystone" if keystone else "no authentication"
    token = '-H "X-Auth-Token: $OS_TOKEN" ' if keystone else ""
    return f"""\
designate is up; its state is in {options.state_dir}
  API  {api}  ({access}; {api}/metrics for Prometheus)
  DNS  {", ".join(map(str, dns))}  (UDP and TCP)

Try:
  curl -s {api}/v2/zones {token}-H 'Content-Type: application/json' \\
       -d '{{"name": "example.org.", "email": "dns@example.org"}}'
  curl -s {token}{api}/v2/zones?name=example.org.
  dig {at} example.org SOA

Stop with Ctrl-C."""


def _endpoint(text: str) -> Endpoint:
    try:
        return endpoint(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _default_dns() -> list[Endpoint]:
    first = endpoint(DNS_LISTEN)
    return [first, Endpoint("::1", first.port)] if has_ipv6_loopback() else [first]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fail(problem: str) -> int:
    print(f"designate up: {problem}", file=sys.stderr)
    return 1
