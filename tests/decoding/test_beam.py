"""Beam search against all texts there are, and what it says of those that it gave up."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from explorer.data.vocabulary import END, PAD, START, UNKNOWN
from explorer.decoding.beam import BeamSearch, beam_search
from explorer.decoding.stepper import Writing
from explorer.inspection.tracing import trace
from explorer.messages.config import DecodingConfig
from explorer.messages.decoding import Node, Wish
from explorer.messages.results import SiteKind
from explorer.subjects.subject import SentenceError, Subject
from tests.decoding.theirs import PAIRS, VOCABULARY, prompt
from tests.subject import small_subject

UNSAID = (PAD, UNKNOWN, START)
SAID = [id for id in range(VOCABULARY) if id not in (*UNSAID, END)]


def beams(count: int = 4, **values: Any) -> DecodingConfig:
    return DecodingConfig.model_validate(
        {"method": "beam", "beams": count, "max_length": 8, **values}
    )


def every_text(longest: int) -> list[tuple[int, ...]]:
    """All texts of allowed tokens: ended ones, and those that are cut at the longest output."""
    found = [
        (*ids, END)
        for length in range(longest) for ids in itertools.product(SAID, repeat=length)
    ]  # fmt: skip
    return found + list(itertools.product(SAID, repeat=longest))


def whole_score(ours: Subject, read: list[int], text: tuple[int, ...], penalty: float) -> float:
    """A text's score from all its logits at once."""
    encodes = ours.architecture == "encoder-decoder"
    begun = [START] if encodes else read
    target = torch.tensor([[*begun, *text[:-1]]])
    with torch.no_grad():
        log = ours.model(torch.tensor([read]) if encodes else None, target)[0].log_softmax(-1)
    places = range(len(begun) - 1, target.shape[1])
    return sum(log[p, id].item() for p, id in zip(places, text, strict=True)) / len(text) ** penalty


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0, -1.0])
def test_that_with_all_beams_the_best_text_is_the_best_of_all(name: str, penalty: float) -> None:
    ours, _ = PAIRS[name](3)
    source = prompt(ours, 3)
    texts = every_text(3)
    config = beams(len(texts), max_length=3, length_penalty=penalty, n_best=5)
    found = beam_search(ours, source, config, bans=UNSAID).run().hypotheses()
    scores = {text: whole_score(ours, source.ids, text, penalty) for text in texts}
    best = sorted(scores.values(), reverse=True)[:5]
    assert [text.score for text in found] == pytest.approx(best, abs=1e-4)
    assert scores[found[0].ids] == pytest.approx(best[0], abs=1e-4)


def search(seed: int = 1, **values: Any) -> tuple[Subject, BeamSearch]:
    subject = small_subject(seed)
    return subject, beam_search(subject, subject.source("3 1 4"), beams(**values)).run()


def by_id(nodes: tuple[Node, ...]) -> dict[int, Node]:
    return {node.id: node for node in nodes}


@pytest.mark.parametrize("seed", range(4))
def test_that_every_text_of_the_tree_has_a_fate_and_a_reason(seed: int) -> None:
    _, found = search(seed, n_best=4)
    nodes = by_id(found.tree())
    assert {"kept", "finished", "dropped"} <= {node.state for node in nodes.values()}
    parents = {node.parent for node in nodes.values()}
    for node in nodes.values():
        assert node.why
        if node.id in parents:
            assert node.state == "kept"
        before = 0.0 if node.parent is None else nodes[node.parent].total
        assert node.total == pytest.approx(before + node.log_probability, abs=1e-4)
        assert node.score == pytest.approx(node.total / (node.depth + 1), abs=1e-4)
    told = {text.node for text in found.hypotheses()}
    assert all(nodes[id].state == "finished" for id in told)


@pytest.mark.parametrize("seed", range(4))
def test_that_dropped_texts_are_no_better_than_those_kept_in_their_step(seed: int) -> None:
    _, found = search(seed)
    for _, level in itertools.groupby(found.tree(), lambda node: node.depth):
        nodes = list(level)
        kept = [node.total for node in nodes if node.state == "kept" and node.token.id != END]
        dropped = [n.total for n in nodes if "better total" in n.why]
        assert not kept or not dropped or min(kept) >= max(dropped)


def test_that_news_of_all_rounds_together_are_the_tree() -> None:
    subject = small_subject(1)
    found = beam_search(subject, subject.source("3 1 4"), beams())
    told: dict[int, Node] = {}
    for news in found.rounds():
        told |= {node.id: node for node in news}
    assert {id: n.state for id, n in told.items()} == {n.id: n.state for n in found.tree()}


def test_that_each_text_paid_its_own_attention() -> None:
    subject, found = search(2, n_best=4)
    nodes = by_id(found.tree())
    for text in found.hypotheses():
        ids = text.ids[:-1] if text.finished else text.ids
        spelled = " ".join(subject.coding.vocabularies.target.token(i).text for i in ids)
        target = subject.target(spelled)
        assert target.ids[1:] == list(ids)
        whole = trace(subject, subject.source("3 1 4"), target, "", "", own_target=False)
        node: Node | None = nodes[text.node]
        while node is not None:
            for site, paid in node.attention.items():
                row = np.asarray(whole.weights[site])[:, node.depth]
                np.testing.assert_allclose(paid, row[:, : paid.shape[1]], atol=1e-5)
                assert site.kind is not SiteKind.ENCODER
            node = None if node.parent is None else nodes[node.parent]


def test_that_a_search_goes_on_from_all_its_texts_as_if_never_stopped() -> None:
    subject = small_subject(3)
    source = subject.source("3 1 4")
    whole = beam_search(subject, source, beams(n_best=4, beam_stop="never"))
    rounds = whole.rounds()
    for _ in range(3):
        next(rounds)
    halfway = [
        node for node in whole.tree()
        if node.state == "finished" or (node.state == "kept" and node.depth == 2)
    ]  # fmt: skip
    nodes = by_id(whole.tree())

    def ids(node: Node | None) -> tuple[int, ...]:
        found: list[int] = []
        while node is not None:
            found.append(node.token.id)
            node = None if node.parent is None else nodes[node.parent]
        return tuple(found[::-1])

    seeds = [ids(node) for node in halfway]
    for _ in rounds:
        pass
    again = beam_search(subject, source, beams(n_best=4, beam_stop="never"), seeds=seeds).run()
    assert [t.ids for t in again.hypotheses()] == [t.ids for t in whole.hypotheses()]
    scores = [t.score for t in whole.hypotheses()]
    assert [t.score for t in again.hypotheses()] == pytest.approx(scores, abs=1e-5)


def test_that_a_pruned_text_never_comes_back() -> None:
    subject = small_subject(3)
    source = subject.source("3 1 4")
    kept = next(beam_search(subject, source, beams()).rounds())
    alone = [node.token.id for node in kept if node.state == "kept"][1]
    again = beam_search(subject, source, beams(), seeds=[(alone,)]).run()
    assert {text.ids[0] for text in again.hypotheses()} == {alone}
    assert {step.how for step in again.steps()} == {"forced", "beam"}


def test_that_texts_of_different_lengths_are_refused() -> None:
    subject = small_subject(3)
    with pytest.raises(SentenceError, match="equally long"):
        beam_search(subject, subject.source("3"), beams(), seeds=[(5,), (5, 6)])


def test_that_more_best_texts_than_beams_are_refused() -> None:
    with pytest.raises(ValueError, match=r"decoding\.n_best"):
        DecodingConfig(method="beam", beams=2, n_best=3)


def test_that_the_best_text_is_told_with_the_others_and_the_tree() -> None:
    subject = small_subject(1)
    wish = Wish(beams(n_best=3))
    told = Writing(subject, subject.source("3 1 4"), "3 1 4", wish).run()
    assert len(told.best) == 3 and told.best[0].text == told.text
    assert told.log_probability == pytest.approx(told.best[0].log_probability, abs=1e-5)
    assert {step.how for step in told.steps} == {"beam"}
