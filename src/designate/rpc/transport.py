# SPDX-License-Identifier: Apache-2.0
"""The way to the broker: oslo.messaging with our defaults, and who watches it."""

import math
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import oslo_messaging
from oslo_concurrency import lockutils
from oslo_messaging import opts
from oslo_messaging._metrics.client import oslo_messaging_metrics
from oslo_messaging._tracing.client import oslo_messaging_tracing

from designate.conf import ConfigError, ConfigOpts, undeclared
from designate.errors import ConfigurationError
from designate.rpc.courier import Courier
from designate.rpc.link import Link, certain_of_nobody
from designate.rpc.logs import quiet

Host = TypeVar("Host")
EXCHANGE = "designate"
NOBODY = "nobody"
"""A topic that nobody listens to."""
RABBIT = "oslo_messaging_rabbit"
PORT = 5672
DEFAULTS: Mapping[str | None, Mapping[str, Any]] = {
    RABBIT: {
        # A message is taken when there is a thread for it: what waits is left to other processes,
        # and a process that hangs has little in its hands.
        "rabbit_qos_prefetch_count": 2,
        # A broker that says nothing for twice so many seconds is given up for another.
        "heartbeat_timeout_threshold": 12,
        # As often as the broker itself: more would only wake processes that are at rest.
        "heartbeat_rate": 2,
        # Back within seconds, however long the broker was away.
        "rabbit_retry_backoff": 1,
        "rabbit_interval_max": 2,
        "kombu_reconnect_delay": 0.2,
        # A client that is gone for so long has given up.
        "kombu_missing_consumer_retry_timeout": 10,
        # Named, since releases of the libraries differ in what they do without. None: the system
        # has no file of them, which is an error unless the option is set.
        "ssl_ca_file": ssl.get_default_verify_paths().cafile,
    },
}
"""What holds here unless the configuration says otherwise."""
UNREADABLE = "not a URL; each /, ?, #, [, ] and @ of a password is written as %2F, %3F, and so on"
NO_AUTHORITIES = "name a file of authorities: the system has none"
CLOSING = 1.0
"""Seconds that the library gets to close its connections; some of its threads look up rarely."""


class Transport:
    """A connection of this process with the broker that `transport_url` names.

    It is made after a fork, never before. Nothing waits for the broker: it is reached, and reached
    again, by threads of its own. Raises ConfigurationError.
    """

    def __init__(self, conf: ConfigOpts) -> None:
        try:
            _declare(conf)
            if conf[RABBIT].use_queue_manager:
                # It counts processes in a file, behind a lock of oslo.concurrency's, whose options
                # are those of the global object that nobody here fills.
                locks = undeclared(conf, "lock_path", "oslo_concurrency")
                lockutils.set_defaults(locks or conf.state_path)
            url = _parsed(conf)
            hosts = [(host.hostname or "localhost", host.port or PORT) for host in url.hosts]
            url.hosts = often_enough(url.hosts)
            self.oslo = oslo_messaging.get_rpc_transport(conf, url)
            self.timeout = float(conf.rpc_response_timeout)
            tls = _tls(conf)
        except (ConfigError, oslo_messaging.MessagingException, RuntimeError) as error:
            raise ConfigurationError(f"[DEFAULT] transport_url: {error}") from None
        quiet()
        self._tries = len(url.hosts) or 1
        watched = hosts or [("localhost", PORT)]
        if url.transport not in ("rabbit", "kombu"):
            watched = []
        self.link = Link(watched, self._warm_up, tls=tls)
        self.courier = Courier()

    @property
    def retries(self) -> int:
        """How often a message is tried again: with each of the brokers."""
        return self._tries

    def close(self, patience: float = CLOSING) -> None:
        """Let go of the broker, within so many seconds; calls that are under way fail."""
        self.link.close()
        self.courier.close()
        closing = threading.Thread(target=self.oslo.cleanup, name="closing", daemon=True)
        closing.start()
        closing.join(patience)

    def _warm_up(self) -> None:
        """Make the queue of replies, which the first call would otherwise wait for."""
        once = oslo_messaging.get_rpc_client(
            self.oslo,
            oslo_messaging.Target(topic=NOBODY),
            retry=self.retries,
            timeout=1,
            transport_options=oslo_messaging.TransportOptions(at_least_once=True),
        )
        with suppress(oslo_messaging.MessageUndeliverable, oslo_messaging.MessagingTimeout):
            once.call({}, "ready")


def often_enough(hosts: Sequence[Host]) -> list[Host]:
    """The hosts, some of them again, so that the library gets at each.

    After a failure it goes on by one, two or three places, as it failed. Of three hosts it would
    come back to one that hangs again and again; of a number that two and three do not divide, not.
    """
    wanted = len(hosts)
    while wanted and math.gcd(wanted, 6) > 1:
        wanted += 1
    return [hosts[index % len(hosts)] for index in range(wanted)]


def _parsed(conf: ConfigOpts) -> Any:
    try:
        return oslo_messaging.TransportURL.parse(conf)
    except ValueError:
        # Not what it says, which may be a part of the password.
        raise ConfigurationError(f"[DEFAULT] transport_url: {UNREADABLE}") from None


def _tls(conf: ConfigOpts) -> ssl.SSLContext | None:
    """What a broker is asked with; None without TLS. Raises ConfigurationError."""
    section = conf[RABBIT]
    if not section.ssl:
        return None
    if section.ssl_ca_file is None:
        raise ConfigurationError(f"[{RABBIT}] ssl_ca_file: {NO_AUTHORITIES}")
    try:
        return certain_of_nobody(section.ssl_cert_file, section.ssl_key_file)
    except OSError as error:
        raise ConfigurationError(f"[{RABBIT}] ssl_cert_file, ssl_key_file: {error}") from None


def _declare(conf: ConfigOpts) -> None:
    """Declare the library's options with our defaults."""
    declared: Sequence[tuple[str | None, Sequence[Any]]] = [
        *opts.list_opts(),
        # The library declares these in oslo.config's global object only, and reads them in ours.
        ("oslo_messaging_metrics", oslo_messaging_metrics),
        ("oslo_messaging_tracing", oslo_messaging_tracing),
    ]
    for group, options in declared:
        conf.register_opts(options, group)
    conf.set_default("control_exchange", EXCHANGE)
    for group, values in DEFAULTS.items():
        for name, value in values.items():
            conf.set_default(name, value, group)
