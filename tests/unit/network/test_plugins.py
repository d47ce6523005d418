# SPDX-License-Identifier: Apache-2.0
"""Which network service is asked, and the one that the configuration makes up."""

from pathlib import Path

import pytest

from designate import conf
from designate.errors import ConfigurationError, NotFound
from designate.model.context import Context
from designate.model.floatingips import FloatingIP
from designate.network import plugins
from designate.network.fake import Fake
from designate.network.neutron import Neutron

ID = "aaaaaaaa-0000-4000-8000-000000000001"
FAKE = f"""
[DEFAULT]
network_api = fake
[network_api:fake]
floatingips = p1|north|{ID.upper()}|2001:DB8::1, p2|south|{ID}|192.0.2.1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the configuration is."""
    return tmp_path / "designate.conf"


def settings(file: Path, text: str) -> conf.Settings:
    file.write_text(text)
    return conf.settings(conf.load([str(file)]))


def test_neutron_is_asked_unless_another_is_named(file: Path) -> None:
    """As upstream does."""
    assert isinstance(plugins.chosen(settings(file, "")), Neutron)
    assert isinstance(plugins.chosen(settings(file, FAKE)), Fake)


def test_another_packages_network_is_found(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its entry point; it is made without arguments."""
    info = tmp_path / "own_network-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-network\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[designate.network_api]\nown = own_network:Own\n")
    (tmp_path / "own_network.py").write_text(
        "class Own:\n    def find(self, ctx): return []\n    def get(self, ctx, region, id): ...\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    own = plugins.chosen(settings(file, "[DEFAULT]\nnetwork_api = own\n"))
    assert own.find(Context(request_id="req-1")) == []


def test_a_network_that_there_is_not_is_refused_at_start(file: Path) -> None:
    """With its name."""
    with pytest.raises(ConfigurationError, match="network_api: there is no nonesuch"):
        plugins.chosen(settings(file, "[DEFAULT]\nnetwork_api = nonesuch\n"))


@pytest.mark.parametrize(
    "text",
    [
        "[network_api:fake]\nfloatingips = p1|north|x|192.0.2.1\n",
        "[network_api:fake]\nfloatingips = p1|north|192.0.2.1\n",
        f"[network_api:fake]\nfloatingips = p1|north|{ID}|192.0.2\n",
        "[network_api:neutron]\nendpoints = https://network.example.org\n",
        "[network_api:neutron]\nendpoints = RegionOne|network.example.org\n",
        "[service:central]\nipv4_ptr_zone_prefix_size = 25\n",
        "[service:central]\nipv6_ptr_zone_prefix_size = 63\n",
    ],
)
def test_bad_options_are_refused_at_start(file: Path, text: str) -> None:
    """Each names its section."""
    with pytest.raises(conf.ConfigurationError, match=r"\[(network_api|service:central)"):
        settings(file, text)


def test_endpoints_are_regions_with_urls(file: Path) -> None:
    """As upstream writes them."""
    text = "[network_api:neutron]\nendpoints = north|https://n.example:9696, south|http://s/net\n"
    assert settings(file, text).neutron.endpoints == (
        ("north", "https://n.example:9696"),
        ("south", "http://s/net"),
    )


def test_the_fake_has_what_the_configuration_says(file: Path) -> None:
    """Each project its own."""
    fake = plugins.chosen(settings(file, FAKE))
    item = FloatingIP(region="north", id=ID, address="2001:db8::1")
    ctx = Context(request_id="req-1", project_id="p1")
    assert fake.find(ctx) == [item]
    assert fake.get(ctx, "north", ID) == item
    with pytest.raises(NotFound):
        fake.get(ctx, "south", ID)
    assert fake.find(Context(request_id="req-1")) == []
