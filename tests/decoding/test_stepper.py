"""Writing one recorded decision at a time."""

import math

import numpy as np
import pytest
import torch

from explorer.data.vocabulary import END
from explorer.decoding.greedy import write_batch
from explorer.decoding.stepper import decode
from explorer.inspection.tracing import trace
from explorer.messages.config import DecodingConfig
from explorer.messages.results import Decoding, SiteKind
from explorer.model.taps import hooks_left
from explorer.subjects.subject import Subject
from tests.subject import small_subject
from tests.whole import whole

SENTENCES = ["3 1 4", "9", "1 2 3 4 5", "0 0 7 7"]
SEEDS = range(6)


def written(subject: Subject, text: str = "3 1 4", longest: int = 12, count: int = 8) -> Decoding:
    config = DecodingConfig(max_length=longest, candidates=count)
    return decode(subject, subject.source(text), text, config)


@pytest.mark.parametrize("seed", SEEDS)
def test_that_a_text_is_the_one_that_many_at_once_are_written_as(seed: int) -> None:
    subject = small_subject(seed)
    together = write_batch(subject.model, subject.coding, SENTENCES, 12)
    assert [written(subject, text).text for text in SENTENCES] == together


def test_that_the_untrained_models_tried_here_both_end_and_run_on() -> None:
    ends = [written(small_subject(s), t).finished for s in SEEDS for t in SENTENCES]
    assert True in ends and False in ends


@pytest.mark.parametrize("seed", SEEDS)
def test_that_a_text_is_finished_only_by_its_end_token(seed: int) -> None:
    for text in SENTENCES:
        decoding = written(small_subject(seed), text)
        ids = [step.token.id for step in decoding.steps]
        assert decoding.finished == (ids[-1] == END)
        assert END not in ids[:-1]
        assert decoding.finished or len(ids) == 12


def test_that_the_longest_output_is_kept_to() -> None:
    endless = next(s for s in map(small_subject, SEEDS) if not written(s).finished)
    for longest in (1, 3, 16):
        decoding = written(endless, longest=longest)
        assert len(decoding.steps) == longest and not decoding.finished
    assert len(written(endless, longest=500).steps) == endless.config.model.max_length


@pytest.mark.parametrize("seed", SEEDS)
def test_that_candidates_fall_and_their_probabilities_fit(seed: int) -> None:
    subject = small_subject(seed)
    for step in written(subject).steps:
        chances = [candidate.probability for candidate in step.candidates]
        assert len(chances) == 8 and chances == sorted(chances, reverse=True)
        assert 0 < sum(chances) <= 1 + 1e-6
        assert step.candidates[0].token == step.token
        assert step.log_probability == pytest.approx(math.log(chances[0]), abs=1e-5)


def test_that_all_tokens_together_have_probability_one_and_the_entropy_is_theirs() -> None:
    subject = small_subject()
    everything = len(subject.coding.vocabularies.target)
    for step in written(subject, count=everything + 50).steps:
        chances = np.array([candidate.probability for candidate in step.candidates])
        assert len(chances) == everything
        assert chances.sum() == pytest.approx(1, abs=1e-5)
        entropy = -(chances * np.log(np.maximum(chances, 1e-30))).sum()
        assert step.entropy == pytest.approx(entropy, abs=1e-4)


def test_that_probabilities_are_those_of_the_whole_text_at_once() -> None:
    subject = small_subject()
    decoding = written(subject)
    ids = [decoding.prefix[0].id, *(step.token.id for step in decoding.steps)]
    with torch.no_grad():
        source = torch.tensor([[token.id for token in decoding.source]])
        logits = subject.model(source, torch.tensor([ids[:-1]]))[0].log_softmax(-1)
    expected = [logits[place, id].item() for place, id in enumerate(ids[1:])]
    assert [s.log_probability for s in decoding.steps] == pytest.approx(expected, abs=1e-4)
    assert decoding.log_probability == pytest.approx(sum(expected), abs=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_that_what_a_step_looked_at_is_its_row_in_the_trace(seed: int) -> None:
    subject = small_subject(seed)
    decoding = written(subject)
    tokens = [step.token for step in decoding.steps if step.token.id != END]
    text = " ".join(token.piece.lstrip("▁") for token in tokens)
    target = subject.target(text)
    assert target.ids[1:] == [token.id for token in tokens]
    found = trace(subject, subject.source("3 1 4"), target, "3 1 4", text, own_target=True)
    sites = {site for site in found.weights if site.kind is not SiteKind.ENCODER}
    for row, step in enumerate(decoding.steps[: len(target.ids)]):
        assert set(step.attention) == sites
        for site, paid in step.attention.items():
            expected = whole(found.weights[site])[:, row, : paid.shape[1]]
            np.testing.assert_allclose(paid, expected, atol=1e-5)
            keys = len(decoding.source) if site.kind is SiteKind.CROSS else row + 1
            assert paid.shape == (4, keys)


def test_that_no_hook_stays_after_writing() -> None:
    subject = small_subject()
    written(subject)
    assert hooks_left(subject.model) == 0
