# SPDX-License-Identifier: Apache-2.0
"""What the caller sent is wrong."""

from collections.abc import Sequence

from designate.errors.root import DesignateError, Problem


class BadRequest(DesignateError):
    """The request cannot be carried out in the present state of its object."""

    code = "bad_request"


class InvalidObject(BadRequest):
    """The object sent breaks its rules: a message for one field, or a list of problems."""

    code = "invalid_object"
    problems: tuple[Problem, ...]

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


class InvalidOperation(BadRequest):
    """The object is in use."""

    code = "invalid_operation"


class InvalidProject(BadRequest):
    """Keystone knows no such project."""

    code = "invalid_project"


class InvalidTsigKey(BadRequest):
    """The key belongs to nothing that exists."""

    code = "invalid_tsigkey"


class InvalidZoneTransferRequest(BadRequest):
    """The transfer request is not open."""

    code = "invalid_zone_transfer_request"


class LastServerDeleteNotAllowed(BadRequest):
    """A pool keeps at least one NS record."""

    code = "last_server_delete_not_allowed"
    default_message = "Not allowed to delete last of servers"


class SharedZoneHasSubZone(BadRequest):
    """The project that the zone is shared with has zones below it."""

    code = "shared_zone_has_sub_zone"


class SharedZoneHasRecordSets(BadRequest):
    """The project that the zone is shared with has recordsets in it."""

    code = "shared_zone_has_recordsets"
