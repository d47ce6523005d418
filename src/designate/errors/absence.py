# SPDX-License-Identifier: Apache-2.0
"""What is not there, or there already."""

from designate.errors.root import DesignateError


class NotFound(DesignateError):
    """There is no such thing."""

    code = "not_found"


class ZoneNotFound(NotFound):
    """The zone does not exist, or not for this caller."""

    code = "zone_not_found"
    default_message = "Could not find Zone"


class RecordSetNotFound(NotFound):
    """The recordset does not exist."""

    code = "recordset_not_found"
    default_message = "Could not find RecordSet"


class ZoneImportNotFound(NotFound):
    """The import does not exist, or not for this caller."""

    code = "zone_import_not_found"
    default_message = "Could not find ZoneImport"


class ZoneExportNotFound(NotFound):
    """The export does not exist, or not for this caller."""

    code = "zone_export_not_found"
    default_message = "Could not find ZoneExport"


class PoolNotFound(NotFound):
    """The pool does not exist, or not for this caller."""

    code = "pool_not_found"
    default_message = "Could not find Pool"


class NoValidPoolFound(NotFound):
    """The scheduler's filters left no pool."""

    code = "no_valid_pool_found"
    default_message = "There are no pools that match your request"


class ZoneTransferRequestNotFound(NotFound):
    """The transfer request does not exist, or not for this caller."""

    code = "zone_transfer_request_not_found"
    default_message = "Could not find ZoneTransferRequest"


class ZoneTransferAcceptNotFound(NotFound):
    """The transfer accept does not exist, or not for this caller."""

    code = "zone_transfer_accept_not_found"
    default_message = "Could not find ZoneTransferAccept"


class SharedZoneNotFound(NotFound):
    """The share does not exist, or not for this caller."""

    code = "shared_zone_not_found"
    default_message = "Could not find SharedZone"


class TldNotFound(NotFound):
    """The TLD does not exist."""

    code = "tld_not_found"
    default_message = "Could not find Tld"


class BlacklistNotFound(NotFound):
    """The blacklist does not exist."""

    code = "blacklist_not_found"
    default_message = "Could not find Blacklist"


class TsigKeyNotFound(NotFound):
    """The TSIG key does not exist."""

    code = "tsigkey_not_found"
    default_message = "Could not find TsigKey"


class ServiceStatusNotFound(NotFound):
    """The service does not exist."""

    code = "service_status_not_found"
    default_message = "Could not find ServiceStatus"


class ReportNotFound(NotFound):
    """The report does not exist."""

    code = "report_not_found"
    default_message = "Could not find Report"


class Duplicate(DesignateError):
    """There is one already."""

    code = "duplicate"


class DuplicateZone(Duplicate):
    """A zone of that name exists."""

    code = "duplicate_zone"
    default_message = "Duplicate Zone"


class DuplicateRecordSet(Duplicate):
    """A recordset of that name and type exists."""

    code = "duplicate_recordset"
    default_message = "Duplicate RecordSet"


class DuplicateTld(Duplicate):
    """A TLD of that name exists."""

    code = "duplicate_tld"
    default_message = "Duplicate Tld"


class DuplicateBlacklist(Duplicate):
    """A blacklist with that pattern exists."""

    code = "duplicate_blacklist"
    default_message = "Duplicate Blacklist"


class DuplicateTsigKey(Duplicate):
    """A TSIG key of that name exists."""

    code = "duplicate_tsigkey"
    default_message = "Duplicate TsigKey"


class DuplicatePool(Duplicate):
    """A pool of that name exists."""

    code = "duplicate_pool"
    default_message = "Duplicate Pool"


class DuplicatePoolNsRecord(Duplicate):
    """The pool has that NS record."""

    code = "duplicate_pool_ns_record"
    default_message = "Duplicate PoolNsRecord"


class DuplicateSharedZone(Duplicate):
    """The zone is shared with that project."""

    code = "duplicate_shared_zone"
    default_message = "Duplicate SharedZone"


class DuplicateZoneAttribute(Duplicate):
    """The zone has that master."""

    code = "duplicate_zone_attribute"
    default_message = "Duplicate ZoneMaster"


class DuplicateZoneTransferRequest(Duplicate):
    """The zone is offered already."""

    code = "duplicate_zone_transfer_request"
