# SPDX-License-Identifier: Apache-2.0
"""Reads a section of the configuration into a frozen object."""

from dataclasses import fields
from typing import Any, TypeVar

from oslo_config import cfg

SettingsT = TypeVar("SettingsT")


class ConfigurationError(Exception):
    """The configuration cannot be used; `problems` has a sentence for each reason.

    The sentences are for the operator, name the option and hold no secret.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_section(conf: cfg.ConfigOpts, group: str, settings: type[SettingsT]) -> SettingsT:
    """Settings of a dataclass whose fields are named as the options of the group.

    Lists become tuples. The group is registered and its values were checked by `load`.
    """
    options: Any = conf if group == "DEFAULT" else conf[group]
    values = {field.name: options[field.name] for field in fields(settings)}  # type: ignore[arg-type]
    return settings(**{name: frozen(value) for name, value in values.items()})


def frozen(value: Any) -> Any:
    """The value, a list as a tuple."""
    return tuple(value) if isinstance(value, list) else value
