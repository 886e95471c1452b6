"""Attention as JSON: the tokens, what was done to the weights, and the weights as nested lists."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from explorer.messages.foreign import told_step
from explorer.messages.results import Site
from explorer.runs.atomic import whole_file
from explorer.tables.part import Part, digits

_BYTES = 14.0


def write_json(part: Part, path: Path) -> None:
    """Write one object; `weights["cross.0"]` holds heads × queries × keys.

    Raises `OSError`, and `TooMuchError` before anything is written.
    """
    part.check(_BYTES)
    with whole_file(path) as beside, beside.open("w", encoding="utf-8") as file:
        file.writelines(_pieces(part))


def description(part: Part) -> dict[str, object]:
    """All but the weights: model, step, texts, tokens and what was done to the weights."""
    trace, reading = part.shown.trace, part.shown.reading
    other = part.shown.other
    return {
        "model": trace.model, "step": told_step(trace.step), "source_text": trace.source_text,
        "target_text": trace.target_text, "own_target": trace.own_target,
        "notes": list(trace.notes), "reading": asdict(reading), "note": part.shown.note,
        "compared_with": None if other is None else {
            "model": other.model, "step": told_step(other.step),
            "source_text": other.source_text, "target_text": other.target_text,
        },
        "source": [asdict(token) for token in part.source],
        "target": [asdict(token) for token in part.target],
        "heads": {str(site): heads for site, heads in part.sites.items()},
    }  # fmt: skip


def _pieces(part: Part) -> Iterator[str]:
    yield json.dumps(description(part), ensure_ascii=False)[:-1] + ', "weights": {'
    for number, (site, heads) in enumerate(part.sites.items()):
        yield (", " if number else "") + f'"{site}": ['
        for place, head in enumerate(heads):
            yield (", " if place else "") + _map(part, site, head)
        yield "]"
    yield "}}\n"


def _map(part: Part, site: Site, head: int) -> str:
    """Nested lists of one head; what is no number is null, as JSON has no word for it."""
    rows = (
        ", ".join("null" if "n" in weight else weight for weight in digits(row_K))
        for row_K in part.map(site, head)
    )
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
