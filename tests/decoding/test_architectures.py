"""Sentences through an encoder alone and a decoder alone: what is read, traced and written."""

from typing import Any

import numpy as np
import pytest
import torch

from explorer.data.coding import Coding, Vocabularies
from explorer.data.prepare import prepare
from explorer.data.vocabulary import END, MASK, START, train_vocabulary
from explorer.decoding.greedy import write_batch
from explorer.decoding.stepper import decode, decode_steps
from explorer.inspection.tracing import trace
from explorer.messages.config import RunConfig
from explorer.messages.decoding import How
from explorer.messages.results import SiteKind
from explorer.messages.settings import with_values
from explorer.subjects.subject import SentenceError, Subject, make_model
from tests.whole import whole

SMALL = {
    "model.width": 16, "model.heads": 2, "model.feed_forward": 24, "model.encoder_layers": 2,
    "model.decoder_layers": 2, "model.max_length": 40, "decoding.max_length": 40,
    "task.max_length": 9, "task.validation": 2, "task.test": 0,
}  # fmt: skip


def subject(architecture: str, task: str = "reverse", **values: Any) -> Subject:
    """An untrained model whose weights are large enough that outputs differ."""
    config = with_values(RunConfig(), {
        **SMALL, "model.architecture": architecture, "task.name": task, **values,
    })  # fmt: skip
    if task == "text":
        words = train_vocabulary(["the cat sat on the mat"], "word", 20, mask=True)
        coding = Coding(config, Vocabularies.one(words))
    else:
        coding = prepare(config).coding
    torch.manual_seed(4)
    model = make_model(coding)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.4)
    return Subject("small", "", config, model.eval(), coding, 3)


def test_that_a_decoder_alone_traces_the_prompt_and_what_follows_as_one_text() -> None:
    here = subject("decoder-only")
    found = trace(here, here.source("3 1"), here.target("1 3"), "3 1", "1 3", own_target=False)
    assert found.source == ()
    assert [t.piece.strip("▁") for t in found.target] == ["<s>", "3", "1", "</s>", "1", "3"]
    assert {site.kind for site in found.weights} == {SiteKind.DECODER}
    for weights in found.weights.values():
        assert weights.shape == (2, 6, 6)
        assert np.abs(np.triu(whole(weights), 1)).max() == 0


def test_that_an_encoder_alone_traces_the_source_only() -> None:
    here = subject("encoder-only")
    found = trace(here, here.source("3 1"), here.target("1 3"), "3 1", "1 3", own_target=False)
    assert [t.piece.strip("▁") for t in found.source] == ["<s>", "3", "1", "</s>"]
    assert found.target == ()
    assert {site.kind for site in found.weights} == {SiteKind.ENCODER}


def test_that_an_encoder_alone_decides_once_for_each_word() -> None:
    here = subject("encoder-only")
    decoding = decode(here, here.source("3 1 4"), "3 1 4", here.config.decoding)
    assert decoding.places == (1, 2, 3) and len(decoding.steps) == 3
    assert decoding.finished and decoding.prefix == ()
    found = trace(here, here.source("3 1 4"), here.target(""), "", "", own_target=True)
    for place, step in zip(decoding.places, decoding.steps, strict=True):
        for site, paid in step.attention.items():
            np.testing.assert_allclose(paid, whole(found.weights[site])[:, place], atol=1e-6)


def test_that_a_class_is_decided_at_the_start() -> None:
    here = subject("encoder-only", "majority")
    decoding = decode(here, here.source("3 1 3"), "3 1 3", here.config.decoding)
    assert decoding.places == (0,) and len(decoding.steps) == 1


@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
def test_that_many_at_once_are_answered_as_each_alone(architecture: str) -> None:
    here = subject(architecture)
    texts = ["3 1 4 1 5", "2", "9 9", "0 1 2 3 4 5 6 7 8", "7 2"]
    together = write_batch(here.model, here.coding, texts, 12)
    limits = here.config.decoding.model_copy(update={"max_length": 12})
    alone = [decode(here, here.source(text), text, limits).text for text in texts]
    assert together == alone


def test_that_a_decoder_alone_never_writes_past_what_it_can_read() -> None:
    here = subject("decoder-only")
    prompt = " ".join("7" * 50)
    source = here.source(prompt)
    assert source.notes
    decoding = decode(here, source, prompt, here.config.decoding)
    assert len(source.tokens) + len(decoding.steps) <= here.config.model.max_length + 1


def test_that_a_hidden_word_is_what_an_encoder_guesses() -> None:
    here = subject("encoder-only", "text", **{"task.context": 16})
    source = here.source("the ___ sat on <mask>")
    ids = source.ids
    assert ids[0] == START and ids[-1] == END
    assert [ids[place] for place in source.places] == [MASK, MASK]
    assert [(t.start, t.end) for t in source.tokens if t.id == MASK] == [(4, 7), (15, 21)]
    assert len(decode(here, source, "", here.config.decoding).steps) == 2


def test_that_a_word_forced_into_a_gap_is_seen_by_the_others_but_not_by_itself() -> None:
    here = subject("encoder-only", "text", **{"task.context": 16})
    source, config = here.source("the ___ sat on <mask>"), here.config.decoding
    free = list(decode_steps(here, source, config))
    word = next(c.token for c in free[1].candidates[1:] if not c.token.special)
    prefix = free[0].token.id, word.id
    came: tuple[How, How] = ("greedy", "forced")
    first, second = decode_steps(here, source, config, prefix, came)
    assert (second.token, second.how, first.how) == (word, "forced", "greedy")
    assert second.candidates[0] == free[1].candidates[0]
    seen = here.source(f"the ___ sat on {word.text}")
    assert seen.ids[-2] == word.id
    (alone,) = decode_steps(here, seen, config)
    assert first.candidates == alone.candidates != free[0].candidates
    for site, weights in first.attention.items():
        assert np.allclose(weights, alone.attention[site], atol=1e-6)


def test_that_without_a_hidden_word_every_word_is_guessed() -> None:
    here = subject("encoder-only", "text", **{"task.context": 16})
    assert here.source("the cat sat").places == (1, 2, 3)


def test_that_a_text_for_a_decoder_alone_is_read_as_it_is() -> None:
    here = subject("decoder-only", "text", **{"task.context": 16})
    assert [t.text for t in here.source("the cat").tokens] == ["the", "cat"]
    with pytest.raises(SentenceError):
        here.source("  ")


@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
@pytest.mark.parametrize("pattern", ["full", "causal", "window", "block", "global", "dilated"])
def test_that_no_weight_lies_where_a_trace_says_that_nobody_may_look(
    architecture: str, pattern: str
) -> None:
    here = subject(architecture, **{"model.pattern": pattern, "model.window": 2})
    found = trace(here, here.source("3 1 4 1 5 9"), here.target("9 5 1"), "", "", own_target=False)
    for site, weights in found.weights.items():
        table = found.allowed.get(site.kind)
        if table is None:
            assert site.kind is SiteKind.CROSS or pattern == "full"
            continue
        weights_HQK = whole(weights)
        assert weights_HQK[:, ~table].max() == 0 and (weights_HQK[:, table] > 0).all()
