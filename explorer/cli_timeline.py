"""The command `timeline`: one sentence through all kept weights of a run."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from explorer.messages.happenings import RULE, Happening, in_words
from explorer.messages.timeline import Timeline


def timeline(
    run: Annotated[str, typer.Argument(help="A run folder or sample model.")],
    source: Annotated[str, typer.Argument(help="The sentence that the model reads.")],
    target: Annotated[
        str, typer.Option(help="What it should say; empty: what it says at the end.")
    ] = "",
    npz: Annotated[Path | None, typer.Option(help="Write everything as numpy arrays.")] = None,
    gif: Annotated[Path | None, typer.Option(help="Write a film as animated GIF.")] = None,
    webp: Annotated[Path | None, typer.Option(help="Write a film as animated WebP.")] = None,
    mp4: Annotated[Path | None, typer.Option(help="Write a film as MP4.")] = None,
    view: Annotated[str, typer.Option(help="What the film shows: all, map, lines …")] = "all",
    size: Annotated[str, typer.Option(help="The film's size, such as 960x720px.")] = "960x720px",
    speed: Annotated[float, typer.Option(help="The film's frames a second.", min=0.5)] = 5.0,
    examples: Annotated[
        int,
        typer.Option(help="Find marks on so many held-out examples; 0: on the sentence.", min=0),
    ] = 16,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
) -> None:
    """Show how a sentence's attention, loss and output came about in training.

    Every step whose weights are kept is looked at. Marks say what happened to heads and to
    figures on held-out data; `--json` tells the rule that they follow.
    """
    from explorer.engine.device import choose_device
    from explorer.engine.timeline_command import happened, open_run, timeline_of
    from explorer.messages.timeline import joined

    subject, kept = open_run(run, choose_device(device))
    found = joined(timeline_of(subject, kept, source, target))
    for note in found.reading.notes:
        print(note, file=sys.stderr)
    films = [path for path in (gif, webp, mp4) if path is not None]
    marks = () if (npz or films) and not as_json else happened(subject, kept, found, examples)
    if npz is not None:
        _write_arrays(found, npz)
    for path in films:
        from explorer.ui.export.film import Film, write_film

        write_film(found.traces(), path, Film(view, size, frames_a_second=speed))
    if as_json:
        print(json.dumps(_as_dict(found, marks), ensure_ascii=False, indent=1))
    elif npz is None and not films:
        print("\n".join([*_lines(found), *map(in_words, marks)]))


def _write_arrays(found: Timeline, path: Path) -> None:
    import numpy as np

    from explorer.runs.atomic import whole_file

    with whole_file(path) as beside, beside.open("wb") as file:
        np.savez_compressed(file, **found.arrays())  # type: ignore[arg-type]


def _lines(found: Timeline) -> list[str]:
    """A line a step: the loss, and each expected token with its probability."""
    expected = [token.text for token in found.reading.expected]
    lines = [f"{'step':>9}  {'loss':>7}  " + " ".join(f"{text:>6.6}" for text in expected)]
    for step, loss, row in zip(found.steps_S, found.loss_S, found.probabilities_SN, strict=True):
        lines.append(f"{step:>9,}  {loss:7.3f}  " + " ".join(f"{p:6.2f}" for p in row))
    return lines


def _as_dict(found: Timeline, marks: tuple[Happening, ...]) -> dict[str, Any]:
    reading = found.reading
    return {
        "model": reading.model, "source": [token.text for token in reading.source],
        "target": [token.text for token in reading.target],
        "expected": [token.text for token in reading.expected], "places": reading.places,
        "own_target": reading.own_target, "steps": found.steps_S.tolist(),
        "loss": [_plain(loss) for loss in found.loss_S],
        "probabilities": found.probabilities_SN.round(6).tolist(),
        "milliseconds": found.milliseconds, "rule": RULE,
        "happenings": [
            {"step": mark.step, "kind": mark.kind, "measure": mark.measure, "value": mark.value,
             "before": mark.before, "threshold": mark.threshold, "sure_at": mark.sure_at,
             "heads": [[str(site), head] for site, head in mark.heads], "words": in_words(mark)}
            for mark in marks
        ],
    }  # fmt: skip


def _plain(value: float) -> float | None:
    """JSON has no NaN."""
    return float(value) if value == value else None
