"""Every choice that a setting offers exists, and nothing exists that no setting offers."""

from collections.abc import Iterable

import pytest
import torch

from explorer.data.prepare import prepare
from explorer.data.tasks import TASKS
from explorer.messages.config import RunConfig
from explorer.messages.settings import all_settings, with_values
from explorer.messages.task_config import OWN
from explorer.messages.task_lengths import DIGIT_BY_DIGIT
from explorer.messages.tasks import TASK_INFO
from explorer.model.feed_forward import ACTIVATIONS
from explorer.model.linear import LINEARS
from explorer.model.patterns import PATTERNS
from explorer.training.trainer import Trainer, new_model

UNFIT = {*OWN, "float16"}
"""These need a file, which the tests of corpora have, or a GPU."""
CHOICES = {s.path: s.choices for s in all_settings() if s.kind == "choice"}
SMALL = {
    "model.width": 16, "model.heads": 2, "model.feed_forward": 16, "model.encoder_layers": 1,
    "model.decoder_layers": 1, "task.validation": 2, "task.test": 0, "training.batch_size": 4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "registry"),
    [
        ("model.activation", ACTIVATIONS),
        ("model.weights", LINEARS),
        ("model.pattern", PATTERNS),
        ("task.name", {*TASKS, *OWN}),
    ],
)
def test_that_a_setting_offers_what_is_registered(path: str, registry: Iterable[str]) -> None:
    assert set(CHOICES[path]) == set(registry)


@pytest.mark.parametrize(
    ("path", "choice"),
    [
        (path, choice)
        for path, choices in CHOICES.items()
        for choice in choices
        if choice not in UNFIT
    ],
)
def test_that_a_model_learns_with_every_choice(path: str, choice: str) -> None:
    values = {**SMALL, path: choice}
    if path == "task.name":
        info = next(info for name, info in TASK_INFO.items() if name == choice)
        values["model.architecture"] = info.architectures[0]
        values["task.vocabulary"] = "character" if choice in DIGIT_BY_DIGIT else "word"
    config = with_values(RunConfig(), values)
    data = prepare(config)
    trainer = Trainer(config, new_model(data.coding), data, torch.device("cpu"))
    figures = trainer.train_step()
    assert figures.step == 1
    assert figures.loss > 0
