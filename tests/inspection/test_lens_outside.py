"""Lenses of models from outside: the last row is what they say, shares add up to logits."""

from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from explorer.inspection.lens import read_lens
from explorer.inspection.outside_stream import follow
from explorer.messages.results import Site, SiteKind
from explorer.model.taps import watching
from explorer.subjects.opening import open_subject
from explorer.subjects.subject import SentenceError, Subject
from tests.small import CPU
from tests.subjects.outside.small_folder import small_folder
from tests.subjects.outside.test_fallback import bloom


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
    assert reading.parts.total == pytest.approx(reading.parts.logit, abs=1e-4)
    heads = [part for part in reading.parts.parts if part.kind == "head"]
    assert len(heads) == 2 * 4


@torch.no_grad()
def test_that_a_heads_share_is_what_its_loss_takes_from_the_stream(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("family", ["bert", "roberta"])
@torch.no_grad()
def test_that_a_hidden_word_has_lenses_through_the_layer_before_the_output(
    tmp_path: Path, family: str
) -> None:
    subject = open_subject(str(small_folder(tmp_path / family, family)), CPU)
    learn_biases(subject)
    source = subject.source("the old ___ sleeps")
    (place,) = source.places
    logits_V = subject.model(source.as_input(CPU), None)[0, place]
    best, rival = logits_V.topk(2).indices.tolist()
    reading = read_lens(subject, source, "the old ___ sleeps", against=rival)
    assert reading.grid.top_LPK[-1, 0, 0] == best == reading.parts.token.id
    assert reading.grid.chosen_LP[-1, 0] == pytest.approx(float(logits_V.softmax(-1)[best]))
    lead = float(logits_V[best] - logits_V[rival])
    assert reading.parts.total == pytest.approx(lead, abs=1e-4)
    assert "Its gate" in reading.parts.note
    assert reading.parts.parts[0].kind == "embedding"
    kinds = {part.kind for part in reading.parts.parts}
    assert kinds >= {"head", "attention bias", "feed-forward", "norm bias", "output bias"}


@pytest.mark.parametrize("family", ["t5", "bart", "marian"])
@torch.no_grad()
def test_that_both_attentions_of_a_decoder_add_to_what_it_writes(
    tmp_path: Path, family: str
) -> None:
    subject = open_subject(str(small_folder(tmp_path / family, family)), CPU)
    learn_biases(subject)
    source = subject.source("the old cat sleeps")
    written = [7, 9]
    reads = torch.tensor([[subject.start, *written]])
    logits_V = subject.model(source.as_input(CPU), reads)[0, -1]
    best = int(logits_V.argmax())
    reading = read_lens(subject, source, "the old cat sleeps", written)
    assert reading.parts.token.id == best == reading.grid.top_LPK[-1, -1, 0]
    assert reading.grid.chosen_LP[-1, -1] == pytest.approx(float(logits_V.softmax(-1)[best]))
    assert reading.parts.logit == pytest.approx(float(logits_V[best]), abs=1e-5)
    assert reading.parts.total == pytest.approx(reading.parts.logit, abs=1e-4)
    heads = [part.site for part in reading.parts.parts if part.kind == "head"]
    sites = [site for site, _ in subject.model.sites() if site.kind is not SiteKind.ENCODER]
    assert set(heads) == set(sites)
    early = read_lens(subject, source, "the old cat sleeps", written, 0)
    assert early.parts.token.id == 7
    assert early.parts.total == pytest.approx(early.parts.logit, abs=1e-4)


@torch.no_grad()
def test_that_a_share_is_what_the_logit_loses_without_that_head_in_the_last_layer(
    tmp_path: Path,
) -> None:
    subject = open_subject(str(small_folder(tmp_path / "t5", "t5")), CPU)
    source = subject.source("the old cat")
    reading = read_lens(subject, source, "the old cat")
    seen = reading.parts
    (part,) = (p for p in seen.parts if p.site == Site(SiteKind.CROSS, 1) and p.head == 2)
    model: Any = subject.model
    attention = dict(subject.model.sites())[Site(SiteKind.CROSS, 1)]
    weight_MI = attention.output.weight  # pyright: ignore[reportOptionalMemberAccess]
    kept: list[torch.Tensor] = []
    last = model.inner.decoder.final_layer_norm
    handle = last.register_forward_hook(lambda _, given, made: kept.append(made / given[0]))
    with watching({attention.mixed: kept.append}):
        model.hidden(source.as_input(CPU), torch.tensor([[subject.start]]))
    handle.remove()
    width = kept[0].shape[-1]
    head = slice(2 * width, 3 * width)
    adds_M = weight_MI[:, head] @ kept[0][0, 2, 0]
    scaled_M = adds_M * kept[1][0, 0]
    if model.inner.config.scale_decoder_outputs:
        scaled_M = scaled_M * model.inner.model_dim**-0.5
    expected = float(scaled_M @ model.inner.lm_head.weight[seen.token.id])
    assert part.logit == pytest.approx(expected, abs=1e-4)


def learn_biases(subject: Subject) -> None:
    """Biases that are not nothing, as training leaves them."""
    model: Any = subject.model
    torch.manual_seed(3)
    for name, parameter in model.inner.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.3)
    if hasattr(model.inner, "final_logits_bias"):
        torch.nn.init.normal_(model.inner.final_logits_bias)


def test_that_other_ways_of_adding_up_are_told(tmp_path: Path) -> None:
    subject = open_subject(str(small_folder(tmp_path / "gemma2", "gemma2")), CPU)
    with pytest.raises(SentenceError, match="do not add up to its logit"):
        read_lens(subject, subject.source("the cat"), "the cat")


def test_that_a_family_with_an_attention_of_its_own_is_told_why_it_has_none() -> None:
    with pytest.raises(SentenceError, match="tells its weights alone"):
        follow(bloom(), None, torch.tensor([[5, 6]]))
