# SPDX-License-Identifier: Apache-2.0
"""What the API says of itself, made likelier: most of what a schema allows is refused by a rule.

`likely.yaml` says who asks for what, which bodies stand a chance, and what the document leaves out.
"""

from pathlib import Path
from typing import Any

import yaml

from designate.api import openapi
from tests.api.exchange import InProcess
from tests.api.installation import WITH_ADMIN, Installation

LIKELY: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("likely.yaml").read_text("utf-8"))


def document() -> dict[str, Any]:
    """The document that is served, with likely requests."""
    made = _served()
    schemas = made["components"]["schemas"]
    unknown = LIKELY["bodies"].keys() - schemas.keys()
    assert not unknown, f"the API speaks of no {unknown}"
    for item in made["paths"].values():
        # Each header makes every operation tried some thirty times more.
        named = [
            one | {"schema": LIKELY["named"].get(one["name"], one["schema"])}
            for one in item["parameters"]
            if one.get("in") == "path"
        ]
        item["parameters"] = named + LIKELY["headers"]
    schemas.update(LIKELY["schemas"], **LIKELY["bodies"])
    made["components"]["parameters"].update(LIKELY["parameters"])
    made["components"]["responses"] = LIKELY["responses"]
    made["paths"].update(LIKELY["paths"])
    return made


def _served() -> dict[str, Any]:
    installation = Installation(WITH_ADMIN)
    try:
        reply = InProcess(installation.app).send("GET", openapi.PATH, {}, b"")
    finally:
        installation.close()
    served: dict[str, Any] = reply.json
    return served
