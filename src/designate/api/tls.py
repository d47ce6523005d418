# SPDX-License-Identifier: Apache-2.0
"""TLS of the server in this process: `[ssl] cert_file, key_file, ca_file, ciphers`."""

import ssl
from typing import Any

from designate.conf import ConfigurationError
from designate.conf.tls import Settings


class Tls:
    """Makes TLS of what a server accepts; cheroot calls this an adapter.

    The handshake belongs to the first read, which a thread of the request makes: a client that is
    slow with it keeps nobody else from connecting.
    """

    #: Connections make their files themselves.
    makefile = None

    def __init__(self, settings: Settings) -> None:
        """Read the files; raises ConfigurationError."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            self._read(settings)
        except (OSError, ValueError) as error:
            files = ", ".join(
                f"{name} {value}" for name, value in vars(settings).items() if value is not None
            )
            raise ConfigurationError([f"[ssl] {files}: {error}"]) from error

    def _read(self, settings: Settings) -> None:
        if settings.cert_file is None:
            raise ValueError("key_file needs a cert_file")
        self._context.load_cert_chain(settings.cert_file, settings.key_file, _no_password)
        if settings.ca_file is not None:
            self._context.load_verify_locations(settings.ca_file)
            self._context.verify_mode = ssl.CERT_REQUIRED
        if settings.ciphers is not None:
            self._context.set_ciphers(settings.ciphers)

    def bind(self, sock: Any) -> Any:
        """Return the listening socket as it is."""
        return sock

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        """Return an accepted socket as one of TLS, and nothing for the environment."""
        made = self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return made, {}


def _no_password() -> str:
    """A key that needs a password would have the program ask for it."""
    raise ValueError("the key has a password")


def configured(settings: Settings) -> Tls | None:
    """Return TLS where a certificate is configured; raises ConfigurationError."""
    return Tls(settings) if settings.cert_file or settings.key_file else None
