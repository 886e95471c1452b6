"""The measures of all heads as tables: CSV, JSON, and a short one for the terminal."""

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.messages.foreign import told_step
from explorer.messages.measures import COLUMN, MEASURES, ROLE, RULE, HeadMeasures
from explorer.messages.results import Site
from explorer.runs.atomic import write_text

COLUMNS = ("attention", "layer", "head", "role", "confidence")
SHORT = (
    "entropy", "peak", "distance", "first", "previous", "same", "induction", "diagonal",
    "antidiagonal",
)  # fmt: skip
"""The measures of the terminal's table."""


def save_measures(found: HeadMeasures, path: Path) -> None:
    """Write JSON where the name ends so, else CSV; raises `OSError`."""
    if path.suffix.lower() == ".json":
        write_text(path, json.dumps(as_json(found), ensure_ascii=False, indent=1))
    else:
        write_text(path, "\ufeff" + as_csv(found))


def as_csv(found: HeadMeasures, delimiter: str = ",") -> str:
    """A line for each head, layers and heads from one; empty where nothing was measured."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow((*COLUMNS, *(measure.key for measure in MEASURES)))
    for site, head in found.heads:
        named = (site.kind.value, site.layer + 1, head + 1)
        writer.writerow((*named, *_role(found, site, head), *_figures(found, site, head)))
    return text.getvalue()


def _role(found: HeadMeasures, site: Site, head: int) -> tuple[str, str]:
    label = found.labels[found.rows[site, head]]
    return label.title, _digits(label.confidence)


def _figures(found: HeadMeasures, site: Site, head: int) -> Iterator[str]:
    return (_digits(found.value(site, head, measure.key)) for measure in MEASURES)


def _digits(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"


def as_json(found: HeadMeasures) -> dict[str, Any]:
    """All that the table says, with the definitions of its columns and roles."""
    return {
        "model": found.model, "step": told_step(found.step), "source_text": found.source_text,
        "target_text": found.target_text, "held_out_examples": found.examples,
        "measures": [
            {"key": m.key, "title": m.title, "definition": m.definition, "unit": m.unit,
             "source": m.source, "attention": [kind.value for kind in m.kinds]}
            for m in MEASURES
        ],
        "roles": {role.title: role.definition for role in ROLE.values()}, "rule": RULE,
        "heads": [_head(found, row) for row in range(len(found.heads))],
    }  # fmt: skip


def _head(found: HeadMeasures, row: int) -> dict[str, Any]:
    (site, head), label = found.heads[row], found.labels[row]
    return {
        "attention": site.kind.value, "layer": site.layer + 1, "head": head + 1,
        "role": label.title, "confidence": _or_none(label.confidence),
        "role_rests_on_queries": label.queries,
        "values": {key: _or_none(found.values_NM[row, at]) for key, at in COLUMN.items()},
        "queries": {key: int(found.queries_NM[row, at]) for key, at in COLUMN.items()},
    }  # fmt: skip


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)


def as_lines(found: HeadMeasures) -> Iterator[str]:
    """A short table: what most people ask for first, in columns."""
    shown = [measure for measure in found.measured if measure.key in SHORT]
    yield f"{found.model}: {len(found.heads)} heads measured on {found.on}"
    titles = "  ".join(f"{measure.key:>{_wide(measure.key)}}" for measure in shown)
    yield f"{'head':<20}{'role':<23}{'sure':>5}  {titles}"
    for site, head in found.heads:
        label = found.labels[found.rows[site, head]]
        figures = "  ".join(
            f"{_short(found.value(site, head, measure.key)):>{_wide(measure.key)}}"
            for measure in shown
        )
        name = f"{site.kind.value} {site.layer + 1} head {head + 1}"
        yield f"{name:<20}{label.title:<23}{_short(label.confidence):>5}  {figures}"


def _wide(key: str) -> int:
    return max(len(key), 5)


def _short(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"
