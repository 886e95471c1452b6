"""The presets for one's own data: a file and one command are enough."""

import json
import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.cli import main
from explorer.messages.task_config import OWN

NAMES = ("Anna", "Ben", "Clara", "Dario", "Emma", "Finn")
PLACES = ("Paris", "Rome", "Oslo", "Lima", "Cairo", "Delhi")
DOES = ("visits", "leaves", "loves", "knows")


def rows(make: Callable[[str, str, str], str], count: int = 400) -> str:
    """Lines about somebody, what they do, and a place."""
    chance = random.Random(0)
    return "".join(
        make(chance.choice(NAMES), chance.choice(DOES), chance.choice(PLACES)) for _ in range(count)
    )


DATA = {
    "pairs": ("a.tsv", lambda who, does, where: f"{who} {does} {where}\t{where} {who}\n"),
    "labels": ("a.tsv", lambda who, does, where: f"{who} {does} {where}\tPERSON O PLACE\n"),
    "classes": ("a.tsv", lambda who, does, where: f"{who} {does} {where}\t{does.upper()}\n"),
    "text": ("a.txt", lambda who, does, where: f"{who} {does} {where}.\n"),
}


def trained(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str], steps: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the one command prints, and the settings that the run kept."""
    file, make = folder / DATA[name][0], DATA[name][1]
    file.write_text(rows(make), encoding="utf-8")
    arguments = ["--data", str(file), "--out", str(folder / "run"), "--json"]
    shorter = ["--set", f"training.steps={steps}", "--set", "training.warmup_steps=5"]
    assert main(["train", name, *arguments, *shorter]) == 0
    kept = tomllib.loads((folder / "run" / "run.toml").read_text(encoding="utf-8"))
    return json.loads(capsys.readouterr().out), kept


@pytest.mark.parametrize("name", OWN)
def test_that_a_file_and_its_preset_are_a_run(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, kept = trained(name, tmp_path, capsys, steps=3)
    assert kept["task"]["name"] == name
    assert kept["task"]["file"] == str(tmp_path / DATA[name][0])
    assert result["step"] == 3 and result["loss"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["labels", "classes"])
def test_that_labels_are_learned(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, _ = trained(name, tmp_path, capsys, steps=60)
    assert result["exact_match"] >= 0.95, result
