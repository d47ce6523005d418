# SPDX-License-Identifier: Apache-2.0
"""The contracts of .importlinter hold in this tree, and break in trees that are wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs import-linter over the `designate` package in the folder, with our contracts."""
    arguments = ["--config", str(ROOT / ".importlinter"), "--no-cache", "--no-logo"]
    return subprocess.run(
        [sys.executable, "-c", LINT, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_imports_keep_the_contracts() -> None:
    """Layers, independence of use cases and of resources, and who may not know whom."""
    outcome = lint_imports(ROOT / "src")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


BAD = {
    "storage imports central": ("storage/zones.py", "central/zones.py", "Imports go down"),
    "siblings import one another": ("worker/poller.py", "mdns/axfr.py", "Imports go down"),
    "a folder nobody listed": ("drawer/zones.py", "model/zones.py", "Imports go down"),
    "the API knows storage": ("api/v2/zones.py", "storage/zones.py", "Whoever speaks"),
    "the sink knows central": ("sink/nova.py", "central/zones.py", "Whoever speaks"),
    "mdns knows central": ("mdns/query.py", "central/zones.py", "Workers and DNS"),
    "a use case calls another": ("central/pools.py", "central/zones.py", "Use cases never"),
    "a resource imports another": ("api/v2/pools.py", "api/v2/zones.py", "A resource of"),
}


def package(folder: Path, importer: str, imported: str) -> None:
    """Writes a `designate` of two modules, the first importing the second."""
    name = imported.removesuffix(".py").replace("/", ".")
    for path, text in ((importer, f"import designate.{name}\n"), (imported, "")):
        file = folder / "designate" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for parent in [folder / "designate", *(folder / "designate").rglob("*/")]:
        (parent / "__init__.py").touch()


@pytest.mark.parametrize(("importer", "imported", "contract"), BAD.values(), ids=BAD.keys())
def test_a_wrong_import_is_reported(
    tmp_path: Path, importer: str, imported: str, contract: str
) -> None:
    """The contract that forbids the import is named as broken."""
    package(tmp_path, importer, imported)
    outcome = lint_imports(tmp_path)
    broken = [line for line in outcome.stdout.splitlines() if line.endswith("BROKEN")]
    assert outcome.returncode == 1
    assert any(line.startswith(contract) for line in broken), outcome.stdout + outcome.stderr


def test_an_import_downwards_is_not_reported(tmp_path: Path) -> None:
    """Two modules in the right order keep every contract."""
    package(tmp_path, "central/zones.py", "storage/zones.py")
    outcome = lint_imports(tmp_path)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
