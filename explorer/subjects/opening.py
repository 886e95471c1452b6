"""From a name or a path to a model that can be inspected."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import torch

from explorer.data.coding import Coding
from explorer.messages.results import Branch, ModelInfo
from explorer.model.packed import packed_bytes, weight_bytes
from explorer.model.transformer import Transformer
from explorer.runs.baselines import NAME, read_baselines
from explorer.runs.checkpoints import load_checkpoint
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.library import Found, find_model
from explorer.runs.metrics import read_history
from explorer.runs.weights import load_weights
from explorer.subjects.modules.module import open_module
from explorer.subjects.modules.weights_file import split_answers, weights_file
from explorer.subjects.outside.folder import outside_folder
from explorer.subjects.subject import Subject, make_model


def open_subject(
    reference: str, device: torch.device, tell: Callable[[str], None] = lambda _: None,
    answers: Iterable[tuple[str, int | str]] = (),
) -> Subject:  # fmt: skip
    """Load a sample model, run folder or checkpoint, or a folder of `transformers`.

    What takes long is told before. A file of weights alone may raise `AsksError`, and opens with
    `answers`. Raises `ModelFileError` in words.
    """
    reference, told = split_answers(reference)
    file = weights_file(Path(reference).expanduser())
    if file is not None and not outside_folder(reference):
        return open_module(file, told | dict(answers), device)
    outside = outside_folder(reference)
    if outside is not None:
        from explorer.subjects.outside.loading import open_outside

        return open_outside(outside, device, tell)
    return open_own(reference, device)


def open_own(reference: str, device: torch.device) -> Subject:
    """Load a model that was trained here; raises `ModelFileError` in words."""
    return load_found(find_model(reference), device)


def load_found(found: Found, device: torch.device) -> Subject:
    """Load the checkpoint that was found."""
    config = found.folder.config()
    coding = Coding(config, found.folder.vocabularies())
    with torch.random.fork_rng(devices=[]):
        model = make_model(coding)
    step = _load(found.checkpoint, model)
    origin = str(found.folder.path)
    return Subject(found.name, origin, config, model.to(device).eval(), coding, step)


def _load(kept: Path, model: Transformer) -> int:
    """Fill a model from a checkpoint's folder or a snapshot's file; the step."""
    if not kept.is_file():
        return load_checkpoint(kept, model)[0]
    load_weights(kept, model)
    return step_of(kept)


def describe(subject: Subject) -> ModelInfo:
    """What a panel shows of a model."""
    metrics = RunFolder(Path(subject.origin)).metrics
    history = read_history(metrics, subject.step) if metrics.exists() else None
    if history is not None:
        history = replace(history, baselines=read_baselines(metrics.with_name(NAME)))
    return ModelInfo(
        subject.name, subject.origin, subject.config, subject.step,
        subject.model.parameter_count(), len(subject.coding.vocabularies.target),
        subject.config.example, history, subject.notes, weight_bytes(subject.model),
        packed_bytes(subject.model), subject.reads_pictures, subject.foreign, _branch(subject),
    )  # fmt: skip


def _branch(subject: Subject) -> Branch | None:
    """Where a fork left its parent, as long as that is there."""
    folder = RunFolder(Path(subject.origin))
    fork = folder.fork() if subject.origin and folder.is_run else None
    if fork is None or not RunFolder(Path(fork.parent)).metrics.exists():
        return None
    changed = ", ".join(
        f"{path.partition('.')[2] or path} = {v}" for path, v in fork.changed.items()
    )
    history = read_history(RunFolder(Path(fork.parent)).metrics)
    return Branch(fork.parent, fork.step, changed, history)
