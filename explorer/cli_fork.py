"""The command `fork`: go on from any kept step of a run with settings changed."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from explorer.messages.settings import SettingsError


def fork(
    run: Annotated[str, typer.Argument(help="A run folder or sample model.")],
    step: Annotated[int, typer.Option(help="The step to branch off at; its weights are kept.")],
    out: Annotated[Path, typer.Option(help="The fork's folder.")],
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="SECTION.FIELD=VALUE, any number of times.")
    ] = None,
    fresh: Annotated[
        str, typer.Option("--fresh-heads", help="Heads drawn anew, such as cross.0.3,decoder.1.0.")
    ] = "",
    train: Annotated[bool, typer.Option(help="Train it to its end now.")] = True,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Branch off a run at a kept step, with settings of training, dropout or examples changed.

    Heads can be held still (--set training.frozen_heads=cross.0.3) or drawn anew.

    With nothing changed a fork from a checkpoint is its parent bit for bit. From a snapshot, which
    has weights alone, the optimizer begins anew.
    """
    from explorer.engine.device import choose_device
    from explorer.engine.forking import fork_run, note_of
    from explorer.engine.training_command import train_run
    from explorer.runs.library import find_model
    from explorer.runs.weights import ModelFileError

    folder, chosen = find_model(run).folder, choose_device(device)
    values = _named(changes or [])
    try:
        begun = fork_run(folder, step, values, out, chosen, _silent, _silent, fresh)
    except FileExistsError as error:
        raise ModelFileError(str(error)) from None
    begun.close()
    made = begun.folder.fork()
    assert made is not None
    print(note_of(made), file=sys.stderr)
    result = {"run": str(out), "parent": made.parent, "step": step, "memory": made.memory}
    if train:
        trained = train_run(begun.trainer.config, out, device, resume=True, quiet=as_json)
        result |= trained or {}
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))


def _silent(*_: object) -> None:
    """Nobody looks on."""


def _named(changes: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise SettingsError(f"--set {change}: write SECTION.FIELD=VALUE")
        values[name.strip()] = value
    return values
