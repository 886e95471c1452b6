"""A run that branches off another one: its weights of some step, and settings changed from there.

With nothing changed, from a checkpoint, the fork is its parent bit for bit. A snapshot holds
weights alone: from there the optimizer begins anew, and the fork says so.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from explorer.data.prepare import Report, TaskData, prepare
from explorer.data.vocabulary import UNKNOWN
from explorer.engine.keeping import Emit
from explorer.engine.reopening import load_trainer
from explorer.engine.run import Run
from explorer.messages.config import RunConfig
from explorer.messages.head_names import Head, heads_named, names_of, require_heads
from explorer.messages.results import Change
from explorer.messages.settings import SettingsError, all_settings, with_values
from explorer.runs.folder import Fork, RunFolder, step_of
from explorer.runs.metrics import read_history, truncate_metrics
from explorer.runs.moments import Moment, moment_at
from explorer.runs.weights import ModelFileError, load_weights
from explorer.subjects.subject import make_model
from explorer.training.heads import draw_anew
from explorer.training.precision import require_precision
from explorer.training.trainer import Trainer, new_model

_KEPT_MEMORY = {"training.optimizer"}
"""Settings that make the optimizer's memory of no use when they change."""
MIXTURE = ("task.min_length", "task.max_length", "task.symbols")
"""How the examples of a generated task are mixed."""


def fork_run(
    parent: RunFolder, step: int, values: Mapping[str, Any], out: Path, device: torch.device,
    emit: Emit, report: Report, fresh_heads: str = "",
) -> Run:  # fmt: skip
    """A new run in the folder `out`, ready to go on from a kept step of its parent.

    Heads named in `fresh_heads` (as in `training.frozen_heads`) are drawn anew there.

    Settings that can change while a run trains change from that step on; others as if the run
    had always had them. Raises `ModelFileError` for a step that is not kept, or a parent whose
    data is gone; `SettingsError` for settings that a fork cannot change; `FileExistsError` when
    there is a run already.
    """
    moment = moment_at(parent, step)
    config, live = _changed(parent.config(), values, step)
    fresh = _heads(fresh_heads, config)
    require_precision(config.training, device)
    data = prepare(config, parent.vocabularies(), report)
    if data.fingerprint != parent.fingerprint():
        raise ModelFileError(
            f"{config.task.file} has changed since {parent.path.name} began; put the old file back"
        )
    _require_words(config, data)
    memory = moment.whole and _KEPT_MEMORY.isdisjoint(_differing(parent.config(), config))
    folder = RunFolder(out)
    held_out = {"validation": data.validation, "test": data.test}
    changed = _plain(config, parent.config(), live)
    changed |= {"fresh_heads": names_of(fresh)} if fresh else {}
    origin = Fork(str(parent.path), step, changed, memory)
    folder.begin(config, data.coding.vocabularies, data.fingerprint, held_out, origin)
    trainer = Trainer(config, new_model(data.coding), data, device)
    _load(trainer, moment, parent, memory=memory)
    if fresh:
        _draw_anew(trainer, fresh)
    _bring_past(parent, folder, trainer)
    run = Run(trainer, folder, emit)
    run.take_up(saved=False)
    run.change(live)
    run.save()
    return run


def note_of(fork: Fork) -> str:
    """What a person should know of a fork, in a sentence."""
    changed = ", ".join(f"{path} = {value}" for path, value in fork.changed.items())
    said = f"Branched off {Path(fork.parent).name} at step {fork.step:,}"
    said += f" with {changed}." if changed else " with nothing changed."
    if fork.memory:
        return said
    return (
        f"{said} That step holds no memory for this optimizer, so it began anew there: its first "
        "steps differ from those of the parent even with the same settings."
    )


def _changed(
    config: RunConfig, values: Mapping[str, Any], step: int
) -> tuple[RunConfig, dict[str, float]]:
    """The fork's settings, and those that change from its first step on."""
    for path in values:
        section, _, name = path.partition(".")
        mixed = not config.task.own and path in MIXTURE
        other = section == "task" or (section == "model" and not name.endswith("dropout"))
        if other and not mixed:
            raise SettingsError(
                f"{path}: a fork goes on with its parent's weights and data; it can change "
                "training.…, decoding.…, the dropout of the model, and of a generated task "
                f"{', '.join(MIXTURE)}"
            )
    live_paths = {setting.path for setting in all_settings() if setting.live}
    checked = with_values(config, values)
    live = {path: _value(checked, path) for path in values if path in live_paths}
    fork = with_values(config, {p: v for p, v in values.items() if p not in live_paths})
    if fork.training.steps <= step:
        raise SettingsError(
            f"training.steps: a fork at step {step:,} needs more than its {fork.training.steps:,} "
            f"steps; add --set training.steps={step + fork.training.steps}"
        )
    return fork, live


def _heads(names: str, config: RunConfig) -> tuple[Head, ...]:
    try:
        heads = heads_named(names)
        require_heads(heads, config.model.layers, config.model.heads)
    except ValueError as error:
        raise SettingsError(f"fresh heads: {error}") from None
    return heads


def _require_words(config: RunConfig, data: TaskData) -> None:
    """The parent's vocabulary has a word for all that the changed examples are made of."""
    if config.task.own or data.coding.signal:
        return
    words = data.coding.vocabularies.source
    held = (*data.validation, *data.test)
    for text in (text for pair in held for text in (pair.source, pair.target)):
        if any(UNKNOWN in ids for ids in words.ids([text])):
            raise SettingsError(
                f"task.symbols: the parent never learned a word of “{text}”; a fork can mix its "
                "examples otherwise, but not with new symbols"
            )


def _draw_anew(trainer: Trainer, heads: tuple[Head, ...]) -> None:
    """As in a model of another seed, which the run's seed and step give."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(trainer.config.training.seed * 1_000_003 + trainer.step + 1)
        fresh = make_model(trainer.data.coding).to(trainer.device)
    draw_anew(trainer.model, fresh, heads, trainer.optimizers.parts)


def _value(config: RunConfig, path: str) -> Any:
    section, _, name = path.partition(".")
    return getattr(getattr(config, section), name)


def _differing(one: RunConfig, other: RunConfig) -> set[str]:
    return {s.path for s in all_settings() if _value(one, s.path) != _value(other, s.path)}


def _plain(config: RunConfig, parent: RunConfig, live: Mapping[str, float]) -> dict[str, Any]:
    return {path: _value(config, path) for path in sorted(_differing(config, parent))} | dict(live)


def _load(trainer: Trainer, moment: Moment, parent: RunFolder, *, memory: bool) -> None:
    if memory:
        load_trainer(trainer, moment.checkpoint)
        return
    load_weights(moment.weights, trainer.model)
    history = read_history(parent.metrics, moment.step)
    trainer.step = moment.step
    trainer.follow(tuple(change for change in history.changes if change.step < moment.step))


def _bring_past(parent: RunFolder, folder: RunFolder, trainer: Trainer) -> None:
    """The parent's figures and snapshots up to here: they are the fork's past too."""
    if parent.metrics.exists():
        shutil.copy(parent.metrics, folder.metrics)
        changes: tuple[Change, ...] = trainer.changes
        truncate_metrics(folder.metrics, trainer.step, changes)
    for snapshot in parent.snapshots():
        if step_of(snapshot) <= trainer.step:
            _link(snapshot, folder.path / "snapshots" / snapshot.name)


def _link(path: Path, to: Path) -> None:
    """The same file under another name, which costs no space; a copy where disks differ."""
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, to)
    except OSError:
        shutil.copy(path, to)
