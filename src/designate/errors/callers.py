# SPDX-License-Identifier: Apache-2.0
"""Who the caller is, and what that does not allow."""

import math
from collections.abc import Sequence

from designate.errors.root import DesignateError


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


class InvalidKey(Forbidden):
    """The key is not that of the transfer request."""

    code = "invalid_key"


class NoEndpoint(Forbidden):
    """The service catalogue of the token names no Neutron."""

    code = "no_endpoint"


class Unauthenticated(DesignateError):
    """The token is missing or not valid."""

    code = "unauthorized"


class TooManyRequests(DesignateError):
    """The project sends more than its rate allows."""

    code = "too_many_requests"
    retry_after: int
    """Whole seconds after which the next request is allowed."""

    def __init__(self, seconds: float = 1) -> None:
        self.retry_after = math.ceil(seconds)
        super().__init__(f"Too many requests; the next is allowed in {self.retry_after} s")
