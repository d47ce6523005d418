# SPDX-License-Identifier: Apache-2.0
"""Who may do what: oslo.policy rules with upstream's names and defaults, one file per noun."""

from itertools import chain

from oslo_policy import policy

from designate.policy import (
    blacklists,
    context,
    exports,
    floatingips,
    imports,
    nameservers,
    pools,
    quotas,
    records,
    recordsets,
    service_statuses,
    shares,
    tenants,
    tlds,
    transfer_accepts,
    transfer_requests,
    tsigkeys,
    zones,
)

_MODULES = (
    context,
    blacklists,
    exports,
    floatingips,
    imports,
    nameservers,
    pools,
    quotas,
    records,
    recordsets,
    service_statuses,
    shares,
    tenants,
    tlds,
    transfer_accepts,
    transfer_requests,
    tsigkeys,
    zones,
)


def rules() -> list[policy.RuleDefault]:
    """Every registered rule; the entry point `oslo.policy.policies` lists them too."""
    return list(chain.from_iterable(module.RULES for module in _MODULES))
