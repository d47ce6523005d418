# SPDX-License-Identifier: Apache-2.0
"""Where links begin."""

from designate.api.links import Links, with_arguments
from tests.unit.api.requests import environ


def test_links_begin_where_the_request_was_sent_to() -> None:
    asked = environ(http_host="pub.example.net:8443", script_name="/dns")
    asked["wsgi.url_scheme"] = "https"
    assert Links(None).base(asked) == "https://pub.example.net:8443/dns"


def test_without_a_host_header_links_begin_with_the_server() -> None:
    assert Links(None).base(environ()) == "http://dns.test:9001"


def test_a_configured_base_wins() -> None:
    links = Links("https://api.example.net/dns/")
    assert links.base(environ(http_host="elsewhere")) == "https://api.example.net/dns"


def test_no_parameters_leave_no_question_mark() -> None:
    assert with_arguments("http://h/v2/zones", []) == "http://h/v2/zones"
    assert with_arguments("http://h/z", [("a", "ü b*")]) == "http://h/z?a=%C3%BC+b%2A"
