# SPDX-License-Identifier: Apache-2.0
"""What every error is."""

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
    """An unclassified failure.

    What a class annotates are its facts, which go along with it to other services.
    """

    code: ClassVar[str] = "unknown"
    default_message: ClassVar[str | None] = None

    def __init__(self, message: str | None = None) -> None:
        self.message = message if message is not None else self.default_message
        super().__init__(self.message or self.code)
