# SPDX-License-Identifier: Apache-2.0
"""Who a broker must be: over TLS each proves the name that `transport_url` has for it.

oslo.messaging (18.3) says which name only where there is one host. Of several, kombu (5.7) takes
the first host's for all that follow; and without a file of authorities nobody asks for a name. So
the transport that kombu has for `amqp`, which is what `rabbit` becomes, is replaced by one that
asks each host for its own (decision 0021).
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, get_transport_cls, pyamqp

ALIAS = "amqp"


class Transport(pyamqp.Transport):
    """How one connection is made: the library's way, with the name to ask for."""

    def establish_connection(self) -> Any:
        """See the library's."""
        client: Any = self.client
        if client.ssl:
            options = client.ssl if isinstance(client.ssl, dict) else {}
            name = options.get("server_hostname") or client.hostname
            # A copy: the original is what the next host begins with.
            client.ssl = {**options, "server_hostname": name}
        return super().establish_connection()  # type: ignore[no-untyped-call]


def ask_for_names() -> None:
    """Before anything connects: have all connections of this process ask for names.

    kombu looks a transport up once. Who connected before would go on without.
    """
    TRANSPORT_ALIASES[ALIAS] = f"{__name__}:{Transport.__name__}"
    if get_transport_cls(ALIAS) is not Transport:
        raise RuntimeError("kombu was used before designate was imported")
