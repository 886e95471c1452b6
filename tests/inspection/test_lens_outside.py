"""Lenses of decoders from outside: the last row is what the model says, shares add up to logits."""

from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from explorer.inspection.lens import read_lens
from explorer.subjects.opening import open_subject
from explorer.subjects.subject import SentenceError
from tests.small import CPU
from tests.subjects.outside.small_folder import small_folder


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt-neox", "qwen2"])
@torch.no_grad()
def test_that_shares_add_up_and_the_last_layer_is_what_it_says(tmp_path: Path, family: str) -> None:
    subject = open_subject(str(small_folder(tmp_path / family, family)), CPU)
    source = subject.source("the old cat sleeps")
    logits_V = subject.model(None, source.as_input(CPU))[0, -1]
    reading = read_lens(subject, source, "the old cat sleeps")
    probabilities = logits_V.softmax(-1)
    best = int(logits_V.argmax())
    assert reading.grid.layers == ("embedding", "layer 1", "layer 2")
    assert reading.parts.token.id == best == reading.grid.top_LPK[-1, -1, 0]
    assert reading.grid.chosen_LP[-1, -1] == pytest.approx(float(probabilities[best]), abs=1e-5)
    assert reading.parts.logit == pytest.approx(float(logits_V[best]), abs=1e-4)
    assert reading.parts.total == pytest.approx(reading.parts.logit, abs=1e-3)
    heads = [part for part in reading.parts.parts if part.kind == "head"]
    assert len(heads) == 2 * 4


@torch.no_grad()
def test_that_a_heads_share_is_what_its_loss_takes_from_the_stream(tmp_path: Path) -> None:
    from explorer.model.taps import watching

    subject = open_subject(str(small_folder(tmp_path / "llama")), CPU)
    source = subject.source("the old cat")
    reading = read_lens(subject, source, "the old cat")
    last = [part for part in reading.parts.parts if part.kind == "feed-forward"][-1]
    inner: Any = getattr(subject.model, "inner")  # noqa: B009
    layers = inner.base_model.layers
    seen: list[torch.Tensor] = []
    handle = layers[-1].mlp.register_forward_hook(lambda *given: seen.append(given[2][0, -1]))
    with watching({}):
        hidden_TM = subject.model.hidden(None, source.as_input(CPU))[0]
    handle.remove()
    before: list[torch.Tensor] = []
    handle = inner.model.norm.register_forward_pre_hook(lambda _, given: before.append(given[0]))
    subject.model.hidden(None, source.as_input(CPU))
    handle.remove()
    scale_M = hidden_TM[-1] / before[0][0, -1]
    row_M = inner.lm_head.weight[reading.parts.token.id]
    assert last.logit == pytest.approx(float((seen[0] * scale_M) @ row_M), abs=1e-3)


@pytest.mark.parametrize("family", ["gemma2", "t5"])
def test_that_other_ways_of_adding_up_are_told(tmp_path: Path, family: str) -> None:
    subject = open_subject(str(small_folder(tmp_path / family, family)), CPU)
    with pytest.raises(SentenceError, match="Lenses need a decoder whose layers add"):
        read_lens(subject, subject.source("the cat"), "the cat")
