# SPDX-License-Identifier: Apache-2.0
"""docs/options.md is made from the options themselves."""

from designate.conf import OPTIONS
from tests.unit.conf import reference


def test_the_page_is_that_of_the_options() -> None:
    """`make reference` writes it anew, the same on every host."""
    assert reference.FILE.read_text(encoding="utf-8") == reference.render()


def test_every_option_says_what_it_means() -> None:
    """Also those that only the command line of a library would show."""
    assert not [f"[{group}] {option.name}" for group, option in OPTIONS if not option.help]
