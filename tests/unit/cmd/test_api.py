# SPDX-License-Identifier: Apache-2.0
"""Where the API finds central."""

from pathlib import Path

import pytest

from designate import conf
from designate.cmd import api
from designate.conf import ConfigurationError

BROKER = "[DEFAULT]\ntransport_url = rabbit://a:b@mq1,a:b@mq2/\n"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "local"),
        (BROKER, "rpc"),
        (f"{BROKER}[service:api]\ncentral = local\n", "local"),
        (f"{BROKER}[service:api]\ncentral = rpc\n", "rpc"),
    ],
)
def test_central_is_where_the_options_say(tmp_path: Path, text: str, where: str) -> None:
    """Over the broker when there is one; a process reports what is inside of it."""
    options = read(tmp_path, text)
    settings = api.place_central(options, conf.settings(options))
    assert settings.api.central == where
    assert ("central" in api.services(settings)) == (where == "local")


def test_no_broker_can_be_asked_that_is_not_named(tmp_path: Path) -> None:
    """It is said at the start."""
    options = read(tmp_path, "[service:api]\ncentral = rpc\n")
    with pytest.raises(ConfigurationError, match="needs .DEFAULT. transport_url"):
        api.place_central(options, conf.settings(options))


def test_a_folder_names_the_broker_too(tmp_path: Path) -> None:
    """As deployment tools write it; what comes later wins."""
    folder = tmp_path / "designate.conf.d"
    folder.mkdir()
    (folder / "10-broker.conf").write_text(BROKER, "ascii")
    (folder / "20-odd.conf").write_text("[service:api]\nthreads = 7\nodd = 1\n", "ascii")
    first = tmp_path / "designate.conf"
    first.write_text("[service:api]\nthreads = 3\n", "ascii")
    arguments = ["--config-file", str(first), "--config-dir", str(folder)]
    options = conf.read("designate-api", arguments, None)
    conf.check(options)
    settings = api.place_central(options, conf.settings(options))
    assert (settings.api.central, settings.api.threads) == ("rpc", 7)


def read(folder: Path, text: str) -> conf.ConfigOpts:
    """The options of a file."""
    file = folder / "designate.conf"
    file.write_text(text, "ascii")
    return conf.load([str(file)])
