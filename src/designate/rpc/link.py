# SPDX-License-Identifier: Apache-2.0
"""Whether a broker is there, so that calls fail at once while none is.

The library tries for ever, or for as long as a socket waits. So a broker is asked directly when
there is a reason to: a call has failed or waits for long. One that lives answers the first eight
bytes of AMQP (AMQP 0-9-1 section 4.2.2) with its greeting; one that is stopped accepts the
connection and stays silent. Nothing is asked while calls are answered, nor while there are none.
"""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence

LOG = logging.getLogger(__name__)
PROTOCOL = b"AMQP\x00\x00\x09\x01"
PATIENCE = 1.0
"""Seconds that a broker has to answer."""
LOOKS = 2
PAUSE = 0.5
"""Seconds between two looks while none answers."""

Address = tuple[str, int]


class Link:
    """Watches the brokers; without any, whatever is there counts as up.

    `warm_up` is run once, as soon as a broker is there, before the link counts as up.
    """

    def __init__(
        self,
        hosts: Sequence[Address],
        warm_up: Callable[[], None],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = tuple(hosts)
        self._tls = tls
        self._warm_up = warm_up
        self._condition = threading.Condition()
        self._asked = True
        self._looked = time.monotonic()
        self._closed = False
        self.up = False
        """Whether a broker answers, as far as is known."""
        self.down_since = time.monotonic()
        self._thread = threading.Thread(target=self._watch, name="link", daemon=True)
        self._thread.start()

    def doubt(self, age: float = 0.0) -> None:
        """Have a look, unless the last is younger than so many seconds."""
        with self._condition:
            if time.monotonic() - self._looked < age:
                return
            self._asked = True
            self._condition.notify()

    def wait(self, timeout: float) -> bool:
        """Wait until a broker is there; False when none is by then."""
        with self._condition:
            return self._condition.wait_for(lambda: self.up, timeout)

    def down_for(self) -> float:
        """Seconds since the last broker went away; 0 while there is one."""
        return 0.0 if self.up else time.monotonic() - self.down_since

    def close(self) -> None:
        """Look no more."""
        with self._condition:
            self._closed = True
            self._condition.notify()

    def _watch(self) -> None:
        warm = False
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._asked or self._closed)
                if self._closed:
                    return
                self._asked = False
                self._looked = time.monotonic()
            alive = not self._hosts or self._look()
            if alive and not warm:
                warm = self._warmed()
            self._note(up=alive and warm)
            if not self.up:
                self.doubt()
                time.sleep(PAUSE)

    def _look(self) -> bool:
        """Whether any broker answers; one that is silent may be busy, and is asked again."""
        for _ in range(LOOKS):
            found = set()
            for host in self._hosts:
                answer = self._ask(host)
                if answer:
                    return True
                found.add(answer)
            if None not in found:
                return False
        return False

    def _warmed(self) -> bool:
        try:
            self._warm_up()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
            LOG.warning("The broker does not serve yet: %s", error)
            return False
        return True

    def _note(self, *, up: bool) -> None:
        with self._condition:
            if up == self.up:
                return
            self.up = up
            self.down_since = time.monotonic()
            self._condition.notify_all()
        if up:
            LOG.info("The message broker is there")
        else:
            LOG.error("No message broker answers; calls of other services fail until one does")

    def _ask(self, host: Address) -> bool | None:
        """Whether it answers; None when it accepts the connection and says nothing."""
        deadline = time.monotonic() + PATIENCE
        try:
            with socket.create_connection(host, PATIENCE) as plain:
                if self._tls is None:
                    return _greets(plain, deadline)
                with self._tls.wrap_socket(plain) as secure:
                    return _greets(secure, deadline)
        except TimeoutError:
            return None
        except OSError:
            return False


def _greets(connection: socket.socket, deadline: float) -> bool:
    connection.settimeout(max(0.01, deadline - time.monotonic()))
    connection.sendall(PROTOCOL)
    return bool(connection.recv(1))


def certain_of_nobody(cert_file: str | None, key_file: str | None) -> ssl.SSLContext:
    """TLS that believes everybody and shows this certificate, for a broker that insists on one.

    Who it is does not matter here: it is told nothing. The library looks closely. Raises OSError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if cert_file:
        context.load_cert_chain(cert_file, key_file or None)
    return context
