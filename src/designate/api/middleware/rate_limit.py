# SPDX-License-Identifier: Apache-2.0
"""Let no project have more than its share of requests."""

from collections.abc import Collection

import falcon

from designate.api.request import Request
from designate.errors import TooManyRequests
from designate.model.context import Context
from designate.runtime.buckets import Buckets


class RateLimit:
    """A bucket for each project; who has a role that is exempt is not counted.

    It stands behind the credentials and in front of the switches: whatever the request is to come
    to, it counts, and for whom the token is.
    """

    def __init__(self, buckets: Buckets, exempt: Collection[str]) -> None:
        self._buckets = buckets
        self._exempt = frozenset(role.lower() for role in exempt)

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Raise TooManyRequests when the project's bucket is empty."""
        caller = req.caller
        if self._exempt.isdisjoint(caller.roles):
            wait = self._buckets.take(_whose(caller))
            if wait > 0:
                raise TooManyRequests(wait)


def _whose(caller: Context) -> str:
    """The project of the credentials; their user where they have none."""
    if caller.project_id:
        return f"project:{caller.project_id}"
    return f"user:{caller.user_id}"
