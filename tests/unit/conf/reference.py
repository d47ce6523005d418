# SPDX-License-Identifier: Apache-2.0
"""Writes docs/options.md from the options as they are declared."""

from collections.abc import Iterator
from pathlib import Path

from oslo_config import cfg, types

from designate.conf import list_opts

FILE = Path(__file__).parents[3] / "docs" / "options.md"
_HEAD = """\
# Options

Made by `make reference` from the options themselves; do not edit. Which files they stand in is told
in [installing.md](installing.md#options). Those of logging are oslo.log's, those of the broker
oslo.messaging's with [defaults of ours](messaging.md), those of tokens keystonemiddleware's, those
of CORS and of proxies oslo.middleware's. Upstream's options that are accepted and have no effect
here are in [compatibility.md](compatibility.md).
"""


def render() -> str:
    """The whole page."""
    sections = {name: options for name, options in list_opts() if name != "database"}
    return "\n".join([_HEAD, *(_section(name, sections[name]) for name in sorted(sections))])


def _section(name: str, options: list[cfg.Opt]) -> str:
    lines = [f"## [{name}]", ""]
    if name == "storage:sqlalchemy":
        lines += ["`[database]` is read where this section does not set an option.", ""]
    lines += ["| option | default | values | meaning |", "|---|---|---|---|"]
    lines += [_row(option) for option in options]
    return "\n".join([*lines, ""])


def _row(option: cfg.Opt) -> str:
    cells = (f"`{option.name}`", _default(option), _values(option.type), option.help or "")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(option: cfg.Opt) -> str:
    if option.sample_default is not None:
        return str(option.sample_default)
    default = option.default
    if default is None:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, list | tuple):
        return " ".join(f"`{each}`" for each in default)
    return f"`{default}`" if str(default) else "empty"


def _values(kind: object) -> str:
    if choices := getattr(kind, "choices", None):
        return ", ".join(f"`{choice}`" for choice in choices)
    return ", ".join(_bounds(kind)) if isinstance(kind, types.Number) else ""


def _bounds(number: types.Number) -> Iterator[str]:
    if number.min is not None:
        yield f"from {number.min:.15g}"
    if number.max is not None:
        yield f"to {number.max:.15g}"


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
