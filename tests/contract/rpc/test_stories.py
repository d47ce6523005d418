# SPDX-License-Identifier: Apache-2.0
"""Every story of the API, with central at the other end of a broker.

The same files say what comes of each use of each contract when central is in the same process
(tests/api): what is answered, with which errors, must not depend on where central is.
"""

from pathlib import Path

import pytest
import yaml

from designate.contracts.central import Central
from tests.api import conftest as stories
from tests.api.described import Described
from tests.api.exchange import InProcess
from tests.api.installation import Installation
from tests.api.story import Story
from tests.contract.rpc.conftest import Configured
from tests.contract.rpc.ends import Ends
from tests.servers.rabbitmq import RabbitMq

FILES = sorted(Path(stories.__file__).parent.glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_story_is_the_same_over_the_bus(
    file: Path, rabbitmq: RabbitMq, configured: Configured
) -> None:
    """Request by request, as the file tells it."""
    said = yaml.safe_load(file.read_text("utf-8"))
    with Ends(configured(rabbitmq.url)) as ends:

        def over_the_bus(central: Central) -> Central:
            ends.serve(Central, central)
            return ends.client(Central)

        installation = Installation(said.get("settings", {}), reach=over_the_bus)
        ends.callback(installation.close)
        headers = said.get("defaults", {}).get("request_headers", {})
        story = Story(Described(InProcess(installation.app)), "run", installation.work)
        story.headers = {key: str(value).replace("$RUN", "run") for key, value in headers.items()}
        for test in said["tests"]:
            story.play(test)
