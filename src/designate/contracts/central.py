# SPDX-License-Identifier: Apache-2.0
"""All that central offers, in one value that the API, the sink and the producer hold."""

from dataclasses import dataclass

from designate.contracts.blacklists import Blacklists
from designate.contracts.exports import Exports
from designate.contracts.floatingips import FloatingIPs
from designate.contracts.imports import Imports
from designate.contracts.limits import Limits
from designate.contracts.nameservers import Nameservers
from designate.contracts.pools import Pools
from designate.contracts.quotas import Quotas
from designate.contracts.recordsets import RecordSets
from designate.contracts.reports import Reports
from designate.contracts.service_statuses import ServiceStatuses
from designate.contracts.shares import Shares
from designate.contracts.tlds import Tlds
from designate.contracts.transfer_accepts import TransferAccepts
from designate.contracts.transfer_requests import TransferRequests
from designate.contracts.tsigkeys import TsigKeys
from designate.contracts.zones import Zones


@dataclass(frozen=True, slots=True)
class Central:
    """The contracts of central."""

    zones: Zones
    recordsets: RecordSets
    nameservers: Nameservers
    shares: Shares
    transfer_requests: TransferRequests
    transfer_accepts: TransferAccepts
    imports: Imports
    exports: Exports
    limits: Limits
    floatingips: FloatingIPs
    tlds: Tlds
    blacklists: Blacklists
    tsigkeys: TsigKeys
    reports: Reports
    quotas: Quotas
    service_statuses: ServiceStatuses
    pools: Pools
