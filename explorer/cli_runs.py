"""The commands on runs: what there is, how two differ, and a run as one file."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def runs(as_json: AsJson = False) -> None:
    """List your runs, the newest first: how far, what they reached, their size on disk."""
    from explorer.runs.library import home
    from explorer.runs.summary import all_runs

    found = all_runs()
    if as_json:
        print(json.dumps([run.as_dict() for run in found], ensure_ascii=False, indent=1))
        return
    if not found:
        print(f"There are no runs yet in {home() / 'runs'}.")
    for run in found:
        fork = f"  from step {run.parent_step:,}" if run.parent_step is not None else ""
        print(
            f"{run.name:<36} step {run.step:>9,} of {run.steps:>9,}  {_figure(run.loss)}  "
            f"{run.kept:>4} kept  {_size(run.bytes):>9}  {run.title}{fork}"
        )


def compare(
    first: Annotated[str, typer.Argument(help="A run folder or sample model.")],
    second: Annotated[str, typer.Argument(help="Another one.")],
    as_json: AsJson = False,
) -> None:
    """Say in which settings two runs differ, what they reached, and where they parted."""
    from explorer.runs.library import find_model
    from explorer.runs.summary import differences, parted_at, settings_now, summary_of

    folders = [find_model(name).folder for name in (first, second)]
    one, other = (summary_of(folder) for folder in folders)
    settings = list(differences(*map(settings_now, folders)))
    parted = parted_at(*folders)
    if as_json:
        told = {
            "runs": [one.as_dict(), other.as_dict()],
            "settings": {path: [mine, theirs] for path, mine, theirs in settings},
            "parted_at": parted,
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    print(f"{'':<28} {one.name[:30]:>30} {other.name[:30]:>30}")
    for name in ("step", "loss", "accuracy", "exact_match", "bytes"):
        print(f"{name:<28} {_shown(getattr(one, name)):>30} {_shown(getattr(other, name)):>30}")
    for path, mine, theirs in settings:
        print(f"{path:<28} {_shown(mine):>30} {_shown(theirs):>30}")
    print("The settings are the same." if not settings else "All other settings are the same.")
    same = "Their losses are the same as far as both go."
    print(same if parted is None else f"Their losses part at step {parted:,}.")


def export_run(
    run: Annotated[str, typer.Argument(help="A run folder or sample model.")],
    file: Annotated[Path, typer.Argument(help="The file to write, such as reverse.run.zip.")],
) -> None:
    """Write a whole run into one file, a zip archive, to keep or to give away."""
    from explorer.runs.archive import at_once, pack
    from explorer.runs.library import find_model

    print(at_once(pack(find_model(run).folder.path, file)))


def import_run(
    file: Annotated[Path, typer.Argument(help="A run that was exported as one file.")],
) -> None:
    """Put an exported run among your runs; print its folder."""
    from explorer.runs.archive import at_once, unpack

    print(at_once(unpack(file)))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)[:30]
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _figure(loss: float | None) -> str:
    return "loss      –" if loss is None else f"loss {loss:6.4f}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
