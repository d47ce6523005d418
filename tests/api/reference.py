# SPDX-License-Identifier: Apache-2.0
"""Writes docs/api-reference.md from the description that the API gives of itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.api.exchange import InProcess
from tests.api.installation import WITH_ADMIN, Installation

FILE = Path(__file__).parents[2] / "docs" / "api-reference.md"
_METHODS = ("get", "post", "put", "patch", "delete")
_HEAD = """\
# API reference

Made by `make reference` from the document at `/v2/openapi.json`; do not edit. How to begin is in
the [README](../README.md), differences from upstream in [compatibility](compatibility.md).

What is below `/admin` is there with `[service:api] enable_api_admin`, by the names in
`enabled_extensions_admin`.

Every operation may also answer 401, 403, 406, 429, 503 and 504, as [Errors](#errors) tells, and
takes the headers of [Switches](#switches).
"""
_EVERYWHERE = {"401", "403", "406", "429", "503", "504"}


def render(document: Mapping[str, Any]) -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_operations(document), *_schemas(document), *_switches(document)])


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield from _operation(f"{method.upper()} {path}", item[method])


def _operation(title: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {title}\n\n{operation['summary']}\n"
    if rules := operation.get("x-policy"):
        yield f"Policy: {', '.join(f'`{rule}`' for rule in rules)}\n"
    if parameters := operation.get("parameters"):
        yield f"Query: {', '.join(map(_parameter, parameters))}\n"
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Body: {_named(body['schema'])} ({media_type})\n"
    yield "| status | answer |\n|---|---|"
    for status, response in sorted(operation["responses"].items()):
        if status not in _EVERYWHERE:
            yield f"| {status} | {_response(response)} |"
    yield ""


def _parameter(parameter: Mapping[str, Any]) -> str:
    choices = parameter["schema"].get("enum")
    name = f"`{parameter['name']}`"
    return f"{name} ({', '.join(choices)})" if choices else name


def _response(response: Mapping[str, Any]) -> str:
    schemas = [content["schema"] for content in response.get("content", {}).values()]
    if schemas and "$ref" in schemas[0]:
        return _named(schemas[0])
    types = response["description"]
    return ", ".join(f"`{one}`" for one in types.split(", ")) if schemas else str(types)


def _named(schema: Mapping[str, Any]) -> str:
    name = str(schema["$ref"]).rpartition("/")[2]
    return f"[{name}](#{name.lower()})"


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    yield "# Objects\n"
    for name, schema in document["components"]["schemas"].items():
        title = "Errors" if name == "Error" else name
        yield f"## {title}\n"
        if "properties" not in schema:
            yield f"{_kind(schema)}\n"
            continue
        required = schema.get("required", [])
        yield "| key | value | always there |\n|---|---|---|"
        for key, value in schema["properties"].items():
            yield f"| {key} | {_kind(value)} | {'yes' if key in required else ''} |"
        yield ""


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in words."""
    if "$ref" in schema:
        return _named(schema)
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kinds = schema.get("type", "anything")
    if kinds == "array":
        return f"list of {_kind(schema['items'])}"
    words = [kinds if isinstance(kinds, str) else " or ".join(kinds)]
    if "format" in schema:
        words.append(f"({schema['format']})")
    if "minimum" in schema or "maximum" in schema:
        words.append(f"from {schema.get('minimum', 'any')} to {schema.get('maximum', 'any')}")
    if "maxLength" in schema:
        words.append(f"of at most {schema['maxLength']} characters")
    return " ".join(words)


def _switches(document: Mapping[str, Any]) -> Iterator[str]:
    yield "# Switches\n\n| header | meaning |\n|---|---|"
    for parameter in document["components"]["parameters"].values():
        yield f"| {parameter['name']} | {parameter['description']} |"
    yield ""


def current() -> str:
    """The page as it should be now."""
    installation = Installation(WITH_ADMIN)
    try:
        reply = InProcess(installation.app).send("GET", "/v2/openapi.json", {}, b"")
    finally:
        installation.close()
    return render(reply.json)


if __name__ == "__main__":
    FILE.write_text(current(), "utf-8")
