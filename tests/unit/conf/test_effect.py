# SPDX-License-Identifier: Apache-2.0
"""Every option that is declared does something, or is known to do nothing."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from designate import conf
from designate.conf import ignored, libraries, producer
from designate.rules import quota
from tests.architecture.sources import ROOT, Source, imported_modules, parse, python_sources

SOURCES = [each for each in python_sources(ROOT) if each.layer not in (None, "conf")]
FRAME = "src/designate/cmd/service.py"
"""Reads what the sections of all services have, whichever is its program's."""
BASES = {("DEFAULT", "pybasedir")}
"""What other values are made of, as $pybasedir/file."""
BY_PARTS = {("DEFAULT", f"quota_{name}") for name in quota.RESOURCES}
"""Read by names that are put together from those of the quotas."""
NO_EFFECT = {**ignored.NO_EFFECT, **ignored.NO_EFFECT_YET}


@cache
def attributes(source: Source) -> frozenset[str]:
    """The names of all attributes that a source reads."""
    nodes = ast.walk(source.syntax)
    return frozenset(
        n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)
    )


@cache
def imports(source: Source) -> frozenset[str]:
    """The modules that a source imports."""
    return frozenset(imported for _, imported in imported_modules(source.syntax))


@cache
def constants(source: Source) -> frozenset[object]:
    """The constants in a source."""
    nodes = ast.walk(source.syntax)
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant))


def sees(source: Source, module: str, group: str) -> bool:
    """Whether a source has to do with a section: it imports its settings, or takes them out."""
    if str(source.path) == FRAME and group.startswith("service:"):
        return True
    name = module.rpartition(".")[2]
    return module in imports(source) or not attributes(source).isdisjoint({name, group})


def sees_task(source: Source, task: str, sources: Sequence[Source]) -> bool:
    """Whether a source has to do with a periodic task: it is the task's, or names it."""
    own = f"src/designate/producer/{task}.py"
    if str(source.path) == "src/designate/producer/periodic.py":
        return any(str(each.path) == own for each in sources)
    return str(source.path) == own or task in constants(source)


def read_from_all(source: Source) -> set[str]:
    """Options of [DEFAULT] that are read from the configuration as a whole."""
    return {
        node.attr
        for node in ast.walk(source.syntax)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "conf"
    }


def read(sources: Sequence[Source]) -> Iterator[tuple[str, str]]:
    """Section and name of what sources read; of other names it says too much, never too little."""
    for section in conf.SECTIONS:
        for source in sources:
            if sees(source, section.__name__, section.GROUP):
                yield from ((section.GROUP, name) for name in attributes(source))
    for task in producer.TASKS:
        for source in sources:
            if sees_task(source, task, sources):
                yield from ((producer.task_group(task), name) for name in attributes(source))
    for source in sources:
        yield from (("DEFAULT", name) for name in read_from_all(source))


def unread(names: Iterable[tuple[str, str]], sources: Sequence[Source]) -> set[tuple[str, str]]:
    """Those options that no source reads; what [database] says is read as the storage's own."""
    found = set(read(sources))
    return {
        (group, name)
        for group, name in names
        if (group.replace("database", "storage:sqlalchemy"), name) not in found
    }


def declared() -> set[tuple[str, str]]:
    """Our options; those of libraries are theirs to read."""
    theirs = {(group, option.dest) for group, option in libraries.OPTIONS}
    return {(group, option.dest) for group, option in conf.OPTIONS} - theirs


def test_an_option_is_read_or_known_to_have_no_effect() -> None:
    """Whoever sets it is told when it does nothing, and only then."""
    assert unread(declared() - BASES - BY_PARTS, SOURCES) == set(NO_EFFECT)


def test_an_option_that_nothing_reads_is_found() -> None:
    """Where another section has an option of that name, too."""
    source = parse("src/designate/a.py", "print(settings.api.threads)\nprint(conf.host)\n")
    names = {("service:api", "threads"), ("service:mdns", "threads"), ("DEFAULT", "host")}
    assert unread(names, [source]) == {("service:mdns", "threads")}


def test_the_help_of_an_option_without_effect_says_so() -> None:
    """Whoever makes a sample file reads it there; tasks share the words of their options."""
    told = {
        (group, option.dest)
        for group, option in conf.OPTIONS
        if (option.help or "").startswith(("No effect: ", "No effect yet: "))
    }
    assert told == {place for place in NO_EFFECT if not place[0].startswith("producer_task:")}


def test_no_option_is_both_declared_and_gone() -> None:
    """What was removed is not in the sample file."""
    assert [place for place in declared() if ignored.matching(ignored.GONE, *place)] == []
