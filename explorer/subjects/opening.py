"""From a name or a path to a model that can be inspected."""

from dataclasses import replace
from pathlib import Path

import torch

from explorer.data.coding import Coding
from explorer.messages.results import ModelInfo
from explorer.model.packed import packed_bytes, weight_bytes
from explorer.runs.baselines import NAME, read_baselines
from explorer.runs.checkpoints import load_checkpoint
from explorer.runs.folder import RunFolder
from explorer.runs.library import Found, find_model
from explorer.runs.metrics import read_history
from explorer.subjects.subject import Subject, make_model


def open_subject(reference: str, device: torch.device) -> Subject:
    """Load a sample model, run folder or checkpoint; raises `ModelFileError` in words."""
    return load_found(find_model(reference), device)


def load_found(found: Found, device: torch.device) -> Subject:
    """Load the checkpoint that was found."""
    config = found.folder.config()
    coding = Coding(config, found.folder.vocabularies())
    with torch.random.fork_rng(devices=[]):
        model = make_model(coding)
    step, _ = load_checkpoint(found.checkpoint, model)
    origin = str(found.folder.path)
    return Subject(found.name, origin, config, model.to(device).eval(), coding, step)


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
        packed_bytes(subject.model),
    )  # fmt: skip
