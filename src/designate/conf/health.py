# SPDX-License-Identifier: Apache-2.0
"""The option of every service that says where its health and its metrics are told."""

from oslo_config import cfg

from designate.conf.addresses import ENDPOINT


def health_listen() -> cfg.ListOpt:
    """`health_listen` of a service's section."""
    return cfg.ListOpt(
        "health_listen",
        item_type=ENDPOINT,
        default=[],
        help="Where /live, /ready and /metrics of the service are told over HTTP, host:port; unset:"
        " nowhere. Whoever reaches it is told, so it belongs on a management network.",
    )
