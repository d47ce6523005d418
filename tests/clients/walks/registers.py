# SPDX-License-Identifier: Apache-2.0
"""`openstack tld`, `zone blacklist`, `tsigkey`: what operators keep."""

from tests.clients.cloud import Cloud
from tests.clients.walks.zones import NOWHERE


def tlds(cloud: Cloud) -> None:
    """While there is one, zones end in it."""
    owner, operator = cloud.client(cloud.owner), cloud.client(cloud.operator)
    made = operator("tld create --name example --description words")
    try:
        assert (made["name"], made["description"]) == ("example", "words")
        assert operator("tld show example")["id"] == made["id"]
        assert operator("tld list --name example") == [
            {"id": made["id"], "name": "example", "description": "words"}
        ]
        assert operator.refused("tld create --name example") == "Duplicate Tld"
        refused = owner.refused("zone create walk.test. --email dns@walk.example")
        assert refused != "forbidden"
        changed = operator("tld set example --name invalid --no-description")
        assert (changed["name"], changed["description"]) == ("invalid", None)
        assert owner.refused("tld list") == "forbidden"
        assert owner.refused("tld create --name org") == "forbidden"
        assert owner.refused(f"tld delete {made['id']}") == "forbidden"
        assert operator.refused(f"tld show {NOWHERE}") == "Could not find Tld"
    finally:
        operator(f"tld delete {made['id']}")
    assert operator("tld list") == []


def blacklists(cloud: Cloud) -> None:
    """Names that members may not take, and operators may."""
    owner, operator = cloud.client(cloud.owner), cloud.client(cloud.operator)
    made = operator(r"zone blacklist create --pattern '^taken\.example\.$' --description words")
    assert (made["pattern"], made["description"]) == (r"^taken\.example\.$", "words")
    create = "zone create taken.example. --email dns@walk.example"
    assert owner.refused(create) != "forbidden"
    zone = operator(create)
    assert operator(f"zone delete {zone['id']}")["action"] == "DELETE"
    one = f"zone blacklist show {made['id']}"
    assert operator(one)["pattern"] == made["pattern"]
    assert made["id"] in [item["id"] for item in operator("zone blacklist list")]
    changed = operator(f"zone blacklist set {made['id']} --pattern ^other --no-description")
    assert (changed["pattern"], changed["description"]) == ("^other", None)
    assert [item["id"] for item in operator("zone blacklist list --pattern ^other")] == [made["id"]]
    assert "pattern" in operator.refused("zone blacklist create --pattern '('")
    assert owner.refused("zone blacklist list") == "forbidden"
    assert owner.refused(f"zone blacklist delete {made['id']}") == "forbidden"
    operator(f"zone blacklist delete {made['id']}")
    assert operator.refused(one) == "Could not find Blacklist"


def tsigkeys(cloud: Cloud) -> None:
    """Keys of a zone."""
    owner, operator = cloud.client(cloud.owner), cloud.client(cloud.operator)
    zone = cloud.zone(cloud.owner)
    words = "tsigkey create --algorithm hmac-sha256 --secret c2VjcmV0 --scope ZONE --resource-id"
    made = operator(f"{words} {zone['id']} --name zone.key")
    assert (made["name"], made["scope"], made["resource_id"]) == ("zone.key", "ZONE", zone["id"])
    assert operator("tsigkey show zone.key")["id"] == made["id"]
    criteria = "--name zone.key --algorithm hmac-sha256 --scope ZONE"
    [listed] = operator(f"tsigkey list {criteria}")
    assert listed["id"] == made["id"]
    changed = operator("tsigkey set zone.key --name new.key --algorithm hmac-sha512")
    assert (changed["name"], changed["algorithm"]) == ("new.key", "hmac-sha512")
    assert operator.refused(f"{words} {zone['id']} --name new.key") == "Duplicate TsigKey"
    assert operator.refused(f"{words} {NOWHERE} --name lost.key") != ""
    assert owner.refused("tsigkey list") == "forbidden"
    assert owner.refused(f"tsigkey show {made['id']}") == "forbidden"
    operator(f"tsigkey delete {made['id']}")
    assert operator.refused(f"tsigkey show {made['id']}") == "Could not find TsigKey"
