"""A trace against attention computed anew, in numpy, from the weights alone."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from explorer.inspection.tracing import trace
from explorer.messages.results import Site, SiteKind, Trace
from explorer.model.taps import hooks_left
from explorer.subjects.subject import Subject
from tests.subject import small_subject
from tests.whole import whole

Doubles = NDArray[np.float64]


def traced(subject: Subject, source: str = "3 1 4 1", target: str = "1 4") -> Trace:
    sentences = subject.source(source), subject.target(target)
    return trace(subject, *sentences, source, target, own_target=False)


class Numpy:
    """The model of the paper once more, one sentence at a time, norms before the sub-layers."""

    def __init__(self, subject: Subject) -> None:
        state = subject.model.state_dict()
        self.state: dict[str, Doubles] = {k: v.double().numpy() for k, v in state.items()}
        self.config = subject.config.model
        self.weights: dict[str, Doubles] = {}

    def linear(self, name: str, x: Doubles) -> Doubles:
        return x @ self.state[f"{name}.weight"].T + self.state.get(f"{name}.bias", 0.0)

    def norm(self, name: str, x: Doubles) -> Doubles:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        return scaled * self.state[f"{name}.weight"] + self.state[f"{name}.bias"]

    def embed(self, name: str, ids: list[int]) -> Doubles:
        width = self.config.width
        places = np.zeros((len(ids), width))
        for place in range(len(ids)):
            for column in range(width):
                angle = place / 10000 ** (2 * (column // 2) / width)
                places[place, column] = np.cos(angle) if column % 2 else np.sin(angle)
        return self.state[f"{name}.weight"][ids] * np.sqrt(width) + places

    def attend(self, name: str, site: str, x: Doubles, memory: Doubles, causal: bool) -> Doubles:
        size = self.config.width // self.config.heads
        query, key, value = (
            self.linear(f"{name}.{part}", tokens)
            for part, tokens in (("query", x), ("key", memory), ("value", memory))
        )
        mixed, seen = [], []
        for head in range(self.config.heads):
            own = slice(head * size, (head + 1) * size)
            scores = query[:, own] @ key[:, own].T / np.sqrt(size)
            if causal:
                scores[np.triu_indices(len(x), 1)] = -np.inf
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            weights /= weights.sum(-1, keepdims=True)
            seen.append(weights)
            mixed.append(weights @ value[:, own])
        self.weights[site] = np.stack(seen)
        return self.linear(f"{name}.output", np.concatenate(mixed, -1))

    def feed(self, name: str, x: Doubles) -> Doubles:
        return self.linear(f"{name}.contract", np.maximum(self.linear(f"{name}.expand", x), 0))

    def run(self, source: list[int], target: list[int]) -> dict[str, Doubles]:
        x = self.embed("source_embedding", source)
        for layer in range(self.config.encoder_layers):
            at = f"encoder.{layer}"
            inner = self.norm(f"{at}.residual_1.norm", x)
            x = x + self.attend(f"{at}.self_attention", at, inner, inner, False)
            x = x + self.feed(f"{at}.feed_forward", self.norm(f"{at}.residual_2.norm", x))
        memory, y = self.norm("encoder_norm", x), self.embed("target_embedding", target)
        for layer in range(self.config.decoder_layers):
            at = f"decoder.{layer}"
            inner = self.norm(f"{at}.residual_1.norm", y)
            y = y + self.attend(f"{at}.self_attention", at, inner, inner, True)
            inner = self.norm(f"{at}.residual_2.norm", y)
            y = y + self.attend(f"{at}.cross_attention", f"cross.{layer}", inner, memory, False)
            y = y + self.feed(f"{at}.feed_forward", self.norm(f"{at}.residual_3.norm", y))
        return self.weights


def test_that_traced_weights_are_those_computed_anew() -> None:
    subject = small_subject()
    found = traced(subject)
    expected = Numpy(subject).run([t.id for t in found.source], [t.id for t in found.target])
    assert {str(site) for site in found.weights} == set(expected) and len(expected) == 6
    for site, weights in found.weights.items():
        np.testing.assert_allclose(
            whole(weights), expected[str(site)], atol=1e-5, err_msg=str(site)
        )


def test_that_a_map_has_a_row_for_each_query_and_a_column_for_each_key() -> None:
    found = traced(small_subject())
    assert [t.text for t in found.source] == ["3", "1", "4", "1", "</s>"]
    assert [t.text for t in found.target] == ["<s>", "1", "4"]
    for site, weights in found.weights.items():
        assert weights.shape == (4, len(found.queries(site.kind)), len(found.keys(site.kind)))
        assert whole(weights).dtype == np.float32
        np.testing.assert_allclose(whole(weights).sum(-1), 1, atol=1e-5)


def test_that_a_trace_leaves_the_model_as_it_was() -> None:
    subject = small_subject()
    before = {name: value.clone() for name, value in subject.model.state_dict().items()}
    chance = torch.get_rng_state()
    traced(subject)
    assert hooks_left(subject.model) == 0
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(torch.equal(v, before[k]) for k, v in subject.model.state_dict().items())


def test_that_dropout_of_training_does_not_reach_a_trace() -> None:
    subject = small_subject()
    assert subject.config.model.dropout > 0
    subject.model.train()
    first, again = traced(subject), traced(subject)
    for site, weights in first.weights.items():
        np.testing.assert_array_equal(weights, again.weights[site])


def test_that_later_learning_does_not_change_a_trace_that_was_handed_out() -> None:
    subject = small_subject()
    site = Site(SiteKind.CROSS, 1)
    weights = whole(traced(subject).weights[site])
    kept = weights.copy()
    with torch.no_grad():
        for parameter in subject.model.parameters():
            parameter.zero_()
    assert not np.allclose(whole(traced(subject).weights[site]), kept)
    np.testing.assert_array_equal(weights, kept)


@pytest.mark.parametrize("text", ["3 zebra 4", "zebra " * 40])
def test_that_unknown_and_cut_words_are_noted(text: str) -> None:
    notes: Any = traced(small_subject(), text).notes
    assert any("“zebra”" in note for note in notes)
    assert any("Cut to 15 tokens" in note for note in notes) == (len(text) > 40)
