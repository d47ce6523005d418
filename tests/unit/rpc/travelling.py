# SPDX-License-Identifier: Apache-2.0
"""What travels between services, as data: operations, the types of what they take and give, errors.

    python -m tests.unit.rpc.travelling

writes it to the file of this version of the contracts, when a release is made. Until then the file
is as the last release had it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from designate.contracts.central import Central
from designate.contracts.mdns import Mdns
from designate.contracts.producer import Producer
from designate.contracts.worker import Worker
from designate.rpc import errors
from designate.rpc.operations import VERSION, Operation, operations

CONTRACTS = {"central": Central, "mdns": Mdns, "producer": Producer, "worker": Worker}
FILE = Path(__file__).with_name(f"contracts-{VERSION}.json")
TEXTS = ("title", "description")

Schema = dict[str, Any]


def described(contracts: Mapping[str, type] = CONTRACTS) -> Schema:
    """Everything that travels by these contracts."""
    found: Schema = {"operations": {}, "types": {}, "errors": _errors()}
    for topic, contract in contracts.items():
        for operation in (each for noun in operations(contract).values() for each in noun):
            found["operations"][f"{topic}.{operation.title}"] = _operation(
                operation, found["types"]
            )
    return found


def _operation(operation: Operation, types: Schema) -> Schema:
    return {
        "arguments": _struct(operation.arguments, types),
        "result": _struct(operation.result, types),
        "streams": [operation.sends, operation.returns and operation.returns.__name__],
    }


def _struct(kind: type[msgspec.Struct], types: Schema) -> Schema:
    """The schema of an operation's own type; those in it are put to the others."""
    defs = _bare(msgspec.json.schema(kind))["$defs"]
    own: Schema = defs.pop(kind.__name__)
    for name, schema in defs.items():
        if types.setdefault(name, schema) != schema:
            raise ValueError(f"two types are named {name}")
    return own


def _bare(schema: Any) -> Any:
    """A schema without what is for people."""
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    named = {key: schema[key] for key in schema if not (key in TEXTS and _is_text(schema[key]))}
    return {key: _bare(value) for key, value in named.items()}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _errors() -> Schema:
    """Of each error its facts, and whether its class has a value for one that is not sent."""
    return {
        code: {
            name: {"type": str(kind), "required": not hasattr(cls, name)}
            for name, kind in errors.facts(cls).items()
        }
        for code, cls in errors.CLASSES.items()
    }


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(described(), indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
