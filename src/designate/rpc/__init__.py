# SPDX-License-Identifier: Apache-2.0
"""Contracts as messages: both ends are derived from the Protocols of `designate.contracts`.

    from designate.rpc.client import client
    from designate.rpc.server import Server
    from designate.rpc.transport import Transport

At central, and wherever central is called:

    transport = Transport(conf)                      # after the process was forked
    server = Server(transport, Central, central, topic="central", name=host)
    server.start()                                   # returns at once, also without a broker
    ...
    server.stop()                                    # what was begun is finished and answered
    transport.close()

    transport = Transport(conf)
    central = client(transport, Central, topic="central")
    zone = central.zones.get(ctx, zone_id)           # as if central were here
    ...
    transport.close()

`central` above is a `contracts.central.Central` in both places. What a call can raise beyond the
errors of its contract: MessagingUnavailable (503), ServiceOutdated (503) and Timeout (504). After
ServiceOutdated nothing was done. After the others nobody knows: the call may have been carried out,
or may be yet while `rpc_response_timeout` lasts. Whoever tries again must expect to find the change
made: a create then raises its Duplicate.

Hints go to everybody who listens, and nobody waits for them:

    hints = Hints(transport)                         # rpc.hints
    mdns = hints.to(Mdns, topic="mdns")              # a `contracts.mdns.Mdns`
    worker = hints.to(Worker, topic="worker")        # a `contracts.worker.Worker`
    store.subscribe(mdns.changed)                    # never blocks, never raises
    store.subscribe(worker.wake)
    ...
    hints.close()

Who listens is a Server of that contract, as above: `Server(transport, Mdns, ...)`.
"""

from designate.conf.brokers import ask_for_names
from designate.conf.libraries import use_threads

use_threads()
ask_for_names()
