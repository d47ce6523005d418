# SPDX-License-Identifier: Apache-2.0
"""What a `with` block starts and closes."""

from typing import Self


class Managed:
    """A server of the test's own; one that fails to start is closed, too."""

    def start(self) -> None:
        """Start it, and wait until it serves."""

    def close(self) -> None:
        """End it and leave nothing behind; harmless when it does not run."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
