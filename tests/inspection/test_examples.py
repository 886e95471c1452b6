"""Held-out examples of every kind of task and architecture, measured."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.data.prepare import prepare
from explorer.inspection.examples import held_out, traces
from explorer.inspection.measures import Tally
from explorer.messages.measures import COLUMN
from explorer.messages.presets import load_preset
from explorer.messages.results import SiteKind
from explorer.messages.settings import with_values
from explorer.runs.library import find_model
from explorer.subjects.opening import load_found
from explorer.subjects.subject import SentenceError, Subject, make_model
from tests.small import CPU, SMALL, begin, finish

TEXT = "the cat sat on the mat . a dog ran . no bird sings here . " * 60


def subject(architecture: str, task: str, **values: Any) -> Subject:
    """An untrained model of a task."""
    config = with_values(load_preset("reverse"), {
        **SMALL, "model.architecture": architecture, "task.name": task, "model.max_length": 128,
        **values,
    })  # fmt: skip
    coding = prepare(config).coding
    torch.manual_seed(0)
    return Subject("small", "", config, make_model(coding).eval(), coding)


@pytest.mark.parametrize(
    ("architecture", "task"),
    [
        ("encoder-decoder", "reverse"), ("decoder-only", "reverse"), ("encoder-only", "sort"),
        ("encoder-only", "majority"), ("encoder-only", "shapes"), ("encoder-decoder", "tones"),
    ],
)  # fmt: skip
def test_that_examples_of_a_task_are_read_with_their_true_targets(
    architecture: str, task: str
) -> None:
    here = subject(architecture, task)
    tally, read = Tally(), list(traces(here, 3))
    for pair, trace in zip(held_out(here, 3), read, strict=True):
        assert (trace.source_text, trace.target_text) == (pair.source, pair.target)
        list(tally.add(trace))
    found = tally.result(read[0], sample=True)
    assert found.examples == 3
    assert (found.values_NM[:, COLUMN["entropy"]] > 0).all()
    assert not np.isnan(found.values_NM[:, COLUMN["variability"]]).any()


@pytest.mark.parametrize("architecture", ["decoder-only", "encoder-only"])
def test_that_running_text_is_read_in_windows_of_what_was_held_out(
    architecture: str, tmp_path: Path
) -> None:
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    here = subject(architecture, "text", **{
        "task.file": str(file), "task.vocabulary": "character", "task.context": 32,
    })  # fmt: skip
    found = list(traces(here, 2))
    assert len(found) == 2
    for trace in found:
        kind = SiteKind.DECODER if architecture == "decoder-only" else SiteKind.ENCODER
        assert len(trace.queries(kind)) == 32
        assert "".join(token.text for token in trace.queries(kind)).replace("␣", " ") in TEXT


def test_that_a_run_is_measured_on_the_examples_that_lie_with_it(tmp_path: Path) -> None:
    run = begin(tmp_path / "run", [])
    finish(run)
    here = load_found(find_model(str(tmp_path / "run")), CPU)
    kept = (tmp_path / "run" / "data" / "validation.tsv").read_text(encoding="utf-8").splitlines()
    assert [f"{pair.source}\t{pair.target}" for pair in held_out(here, 100)] == kept


def test_that_a_model_of_which_no_data_is_known_says_so() -> None:
    here = subject("decoder-only", "reverse")
    task = here.config.task.model_copy(update={"name": "text", "file": ""})
    config = here.config.model_copy(update={"task": task})
    with pytest.raises(SentenceError, match="only be measured on a sentence"):
        held_out(replace(here, config=config), 3)
