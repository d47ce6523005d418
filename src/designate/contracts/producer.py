# SPDX-License-Identifier: Apache-2.0
"""What can be asked of the producer: nothing. It listens, as upstream's, and is seen to live."""

from typing import Protocol


class Producer(Protocol):
    """The producer, as others see it."""
