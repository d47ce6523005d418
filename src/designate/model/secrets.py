# SPDX-License-Identifier: Apache-2.0
"""Objects with a field that neither logs nor messages may show."""

from typing import ClassVar

import msgspec


class Secretive(msgspec.Struct, frozen=True):
    """What keeps the field that its class names as `secretive` to itself."""

    secretive: ClassVar[str] = "secret"

    def __repr__(self) -> str:
        shown = msgspec.structs.asdict(self) | {self.secretive: "***"}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in shown.items())})"
