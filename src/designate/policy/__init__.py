# SPDX-License-Identifier: Apache-2.0
"""Who may do what: oslo.policy rules with upstream's names and defaults, one file per noun."""

from itertools import chain

from oslo_policy import policy

from designate.policy import context, exports, imports, nameservers, recordsets, zones


def rules() -> list[policy.RuleDefault]:
    """Every registered rule; the entry point `oslo.policy.policies` lists them too."""
    modules = (context, zones, nameservers, recordsets, imports, exports)
    return list(chain.from_iterable(module.RULES for module in modules))
