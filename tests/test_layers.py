"""The architecture as a failing check: who may import whom, and what the code must look like."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 300
SOURCES = sorted((ROOT / "explorer").rglob("*.py"))


def _run(*command: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_that_imports_point_down_only() -> None:
    status, said = _run("-c", "from importlinter.cli import lint_imports_command as c; c()")
    assert status == 0, said


def test_that_ruff_finds_nothing() -> None:
    status, said = _run("-m", "ruff", "check", ".")
    assert status == 0, said


def test_that_the_code_is_formatted() -> None:
    status, said = _run("-m", "ruff", "format", "--check", ".")
    assert status == 0, said


@pytest.mark.slow
@pytest.mark.timeout(1200)  # The checker reads everything anew; a busy machine takes its time.
def test_that_the_types_hold() -> None:
    status, said = _run("-m", "pyright")
    assert status == 0, said


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_that_a_file_has_one_subject(path: Path) -> None:
    lines = path.read_text("utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{path.name} has {lines} lines: it is asking to be two"
