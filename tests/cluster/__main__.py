# SPDX-License-Identifier: Apache-2.0
"""`make cluster`: runs the cluster until Ctrl-C."""

import contextlib
import signal
import sys
import threading

from tests.cluster.cluster import Cluster

USE = """\
The cluster runs; it is gone, with all its data, after Ctrl-C.

  API        {api}/v2
  DNS        {dns}
  brokers    {brokers}
  databases  {databases}
  etcd       {etcd}
  files      {folder}: logs and designate.conf of each service

{services}

  curl -s {api}/v2/zones -H 'Content-Type: application/json' \\
       -d '{{"name": "example.com.", "email": "hostmaster@example.com"}}'
  dig @{host} -p {port} example.com. SOA
"""


def main() -> int:
    """Start, say how to use it, and wait for SIGINT or SIGTERM."""
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    print("Starting, which takes about a minute ...", flush=True)
    with Cluster() as cluster:
        print(_use(cluster), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            end.wait()
        print("Stopping ...", flush=True)
    return 0


def _use(cluster: Cluster) -> str:
    bind = cluster.binds[0]
    return USE.format(
        api=cluster.api,
        dns=", ".join(f"{each.host} port {each.port}" for each in cluster.binds),
        brokers=", ".join(f"{node.node} at {node.port}" for node in cluster.brokers.nodes),
        databases=", ".join(str(node.port) for node in cluster.galera.nodes),
        etcd=cluster.etcd.port,
        folder=cluster.folder,
        services="\n".join(f"  {one.name:<10} process {one.pid}" for one in cluster.services),
        host=bind.host,
        port=bind.port,
    )


if __name__ == "__main__":
    sys.exit(main())
