"""The baselines of a run, in its folder as `baselines.json`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from explorer.messages.results import Baseline
from explorer.runs.atomic import write_text

NAME = "baselines.json"


def write_baselines(folder: Path, baselines: Sequence[Baseline]) -> None:
    """Keep them with the run, whole or not at all."""
    text = json.dumps([asdict(baseline) for baseline in baselines], indent=1, ensure_ascii=False)
    write_text(folder / NAME, text + "\n")


def read_baselines(path: Path) -> tuple[Baseline, ...]:
    """The baselines in a file; none when it is not there or makes no sense."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_baseline(entry) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _baseline(entry: dict[str, object]) -> Baseline:
    return Baseline(
        str(entry["name"]), str(entry["title"]), _figure(entry["loss"]),
        _figure(entry["accuracy"]), str(entry["detail"]),
    )  # fmt: skip


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
