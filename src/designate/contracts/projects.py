# SPDX-License-Identifier: Apache-2.0
"""What is asked of Keystone about projects."""

from typing import Protocol

from designate.model.context import Context


class Projects(Protocol):
    """The projects of the cloud."""

    def check(self, ctx: Context, project_id: str) -> None:
        """Raise InvalidProject when there is no such project, asking with the caller's token.

        Who may not see projects is believed. Raises KeystoneCommunicationFailure.
        """
