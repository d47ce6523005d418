# SPDX-License-Identifier: Apache-2.0
"""Every error of the system: a stable code and facts.

A code is the `type` string of the API's error body and is never re-used for another meaning. HTTP
statuses live in `api/errors.py`, DNS rcodes in `mdns/dispatch.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One violated rule of an object that was sent, with the place where it was found.

    Other test suites compare `message` word for word, so what it cannot say stands in `reason`.
    """

    path: tuple[str | int, ...]
    message: str
    validator: str
    validator_value: Any
    reason: str | None = None


class DesignateError(Exception):
    """An unclassified failure."""

    code: ClassVar[str] = "unknown"
    default_message: ClassVar[str | None] = None

    def __init__(self, message: str | None = None) -> None:
        self.message = message if message is not None else self.default_message
        super().__init__(self.message or self.code)


# -- what the caller sent is wrong ------------------------------------------------------------


class BadRequest(DesignateError):
    """The request cannot be carried out in the present state of its object."""

    code = "bad_request"


class InvalidObject(BadRequest):
    """The object sent breaks its rules: a message for one field, or a list of problems."""

    code = "invalid_object"

    def __init__(self, message: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)
        if message is None and problems:
            self.args = ("; ".join(problem.message for problem in problems),)


class EmptyRequestBody(BadRequest):
    """A body is required."""

    code = "empty_request_body"
    default_message = "Request Body is empty"


class InvalidJson(BadRequest):
    """The body is not JSON."""

    code = "invalid_json"


class InvalidUUID(BadRequest):
    """An identifier in the path is not a UUID."""

    code = "invalid_uuid"


class InvalidMarker(BadRequest):
    """The paging marker is not an identifier."""

    code = "invalid_marker"


class MarkerNotFound(BadRequest):
    """The paging marker names nothing the caller can see."""

    code = "marker_not_found"


class InvalidLimit(BadRequest):
    """The page size is not a whole number of at least 1."""

    code = "invalid_limit"


class InvalidSortKey(BadRequest):
    """The list cannot be sorted by that key."""

    code = "invalid_sort_key"


class InvalidSortDirection(BadRequest):
    """The sort direction is neither asc nor desc."""

    code = "invalid_sort_dir"


class InvalidValue(BadRequest):
    """A parameter has no usable value."""

    code = "value_error"


class InvalidZoneName(BadRequest):
    """The zone name is not allowed here."""

    code = "invalid_zone_name"


class InvalidRecordSetName(BadRequest):
    """The recordset name is not allowed."""

    code = "invalid_recordset_name"


class InvalidRecordSetLocation(BadRequest):
    """The recordset cannot stand at that name of that zone."""

    code = "invalid_recordset_location"


class InvalidTTL(BadRequest):
    """The TTL is below the configured minimum."""

    code = "invalid_ttl"


class ZoneHasSubZone(BadRequest):
    """The zone still has child zones."""

    code = "zone_has_sub_zone"


class ZoneIsShared(BadRequest):
    """The zone is shared with other projects."""

    code = "zone_is_shared"


class UnsupportedContentType(DesignateError):
    """The body has a media type that the operation does not read."""

    code = "unsupported_content_type"


class UnsupportedAccept(DesignateError):
    """The client accepts no media type that the operation writes."""

    code = "unsupported_accept"


class BodyTooLarge(DesignateError):
    """The body is longer than the operation reads."""

    code = "request_too_large"


# -- who the caller is ------------------------------------------------------------------------


class MissingProject(DesignateError):
    """The credentials name no project."""

    code = "missing_project_id"
    default_message = "A project ID must be specified"


class Forbidden(DesignateError):
    """Policy denies the operation."""

    code = "forbidden"


class InvalidTokenScope(Forbidden):
    """The token's scope is not one the operation accepts."""

    code = "invalid_token_scope"


class IllegalChild(Forbidden):
    """An ancestor of the zone belongs to another project."""

    code = "illegal_child"


class IllegalParent(Forbidden):
    """A descendant of the zone belongs to another project."""

    code = "illegal_parent"


class OverQuota(DesignateError):
    """A quota would be exceeded."""

    code = "over_quota"

    def __init__(self, resources: Sequence[str]) -> None:
        super().__init__(f"Quota exceeded for {', '.join(resources)}.")


# -- absent or double -------------------------------------------------------------------------


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


# -- the installation -------------------------------------------------------------------------


class MethodNotAllowed(DesignateError):
    """The path exists, the method does not."""

    code = "method_not_allowed"


class NoFiltersConfigured(DesignateError):
    """No scheduler filter is configured."""

    code = "no_filters_configured"
    default_message = "There are no scheduling filters configured"


class NoServersConfigured(DesignateError):
    """The pool has no NS records."""

    code = "no_servers_configured"
    default_message = "The pool has no ns_records"


class MultiplePoolsFound(DesignateError):
    """The scheduler's filters left more than one pool."""

    code = "multiple_pools_found"
    default_message = "More than one pool matches the request"


class ConfigurationError(DesignateError):
    """The configuration cannot work."""

    code = "configuration_error"


class Timeout(DesignateError):
    """Another service did not answer in time."""

    code = "timeout"


class DatabaseUnavailable(DesignateError):
    """The database did not answer in time; a write may have been made all the same."""

    code = "database_unavailable"
    default_message = "The database is not available"
