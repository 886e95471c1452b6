"""Greedy, beam and the sampling filters against `transformers`' `generate`, same weights."""

import random

import pytest
import torch

from explorer.data.vocabulary import END
from explorer.decoding.beam import beam_search
from explorer.decoding.reading import Reading, room_for
from explorer.decoding.stepper import decode_steps
from explorer.messages.config import DecodingConfig
from explorer.messages.decoding import DecodeStep
from tests.decoding.theirs import LONGEST, PAIRS, VOCABULARY, generate, prompt

QUICK, ALL = range(6), range(6, 80)
BANNED = ((), (), (4,), (END,), (5, 6, 10))
MODELS = [(name, seed) for name in PAIRS for seed in QUICK]
MORE = [
    pytest.param(name, seed, marks=pytest.mark.slow) for name in PAIRS for seed in ALL
]  # fmt: skip
every_model = pytest.mark.parametrize(("name", "seed"), [*MODELS, *MORE])


@every_model
def test_that_greedy_writes_the_same_tokens_with_the_same_scores(name: str, seed: int) -> None:
    ours, theirs = PAIRS[name](seed)
    source, chance = prompt(ours, seed), random.Random(seed)
    config = DecodingConfig(
        max_length=LONGEST, repetition_penalty=chance.choice([1.0, 1.0, 1.3, 0.8])
    )
    bans, prefix = chance.choice(BANNED), chance.choice([(), (), (7,), (5, 8)])
    room = room_for(ours, source, config)
    expected = generate(ours, theirs, source, config, prefix, bans, room, do_sample=False)
    steps = list(decode_steps(ours, source, config, prefix, bans=bans))[len(prefix) :]
    assert [step.token.id for step in steps] == expected.ids[0]
    for step, logits, scores in zip(steps, expected.logits, expected.scores, strict=True):
        assert step.log_probability == pytest.approx(_log(logits, step), abs=1e-4)
        assert step.final == pytest.approx(scores[0].softmax(-1)[step.token.id].item(), abs=1e-4)


def _log(logits: torch.Tensor, step: DecodeStep) -> float:
    return logits[0].log_softmax(-1)[step.token.id].item()


@every_model
def test_that_beam_search_finds_the_same_texts_with_the_same_scores(name: str, seed: int) -> None:
    ours, theirs = PAIRS[name](seed)
    source, chance = prompt(ours, seed), random.Random(seed)
    beams = chance.choice([2, 3, 4, 7])
    config = DecodingConfig(
        max_length=LONGEST, method="beam", beams=beams, n_best=chance.randint(1, beams),
        length_penalty=chance.choice([1.0, 0.6, 0.0, 2.0, -0.7]),
        repetition_penalty=chance.choice([1.0, 1.0, 1.4]),
        beam_stop=chance.choice(["estimate", "estimate", "full", "never"]),
    )  # fmt: skip
    bans, prefix = chance.choice(BANNED), chance.choice([(), (), (7,), (5, 8)])
    room = room_for(ours, source, config)
    early: bool | str = {"estimate": False, "full": True, "never": "never"}[config.beam_stop]
    expected = generate(
        ours, theirs, source, config, prefix, bans, room, do_sample=False, num_beams=beams,
        num_return_sequences=config.n_best, length_penalty=config.length_penalty,
        early_stopping=early,
    )  # fmt: skip
    search = beam_search(ours, source, config, prefix, bans=bans)
    for _ in search.rounds():
        pass
    found = search.hypotheses()
    assert [list(text.ids[len(prefix) :]) for text in found] == expected.ids[: len(found)]
    assert [text.score for text in found] == pytest.approx(
        expected.sums[: len(found)].tolist(), abs=1e-4
    )
    assert all(score < -1e8 for score in expected.sums[len(found) :])
    steps = list(decode_steps(ours, source, config, prefix, bans=bans))
    assert tuple(step.token.id for step in steps) == found[0].ids


@every_model
def test_that_what_is_drawn_from_is_the_same_distribution(name: str, seed: int) -> None:
    ours, theirs = PAIRS[name](seed)
    source, chance = prompt(ours, seed), random.Random(seed)
    config = DecodingConfig(
        max_length=LONGEST, method="sample", candidates=VOCABULARY,
        temperature=chance.choice([1.0, 0.5, 1.7]), top_k=chance.choice([0, 1, 3, 7, 50]),
        top_p=chance.choice([1.0, 0.9, 0.5, 0.1]), min_p=chance.choice([0.0, 0.05, 0.3]),
        typical=chance.choice([1.0, 0.9, 0.4]),
        repetition_penalty=chance.choice([1.0, 1.3, 0.8]),
    )  # fmt: skip
    bans, room = chance.choice(BANNED), room_for(ours, source, config)
    torch.manual_seed(seed)
    expected = generate(
        ours, theirs, source, config, (), bans, room, do_sample=True,
        temperature=config.temperature, top_k=config.top_k, top_p=config.top_p,
        min_p=config.min_p or None, typical_p=config.typical,
    )  # fmt: skip
    given = Reading(ours, source).given(expected.ids[0], (), config, bans)
    for step, scores in zip(given, expected.scores, strict=True):
        chances = scores[0].softmax(-1)
        for candidate in step.candidates:
            assert candidate.final == pytest.approx(chances[candidate.token.id].item(), abs=1e-4)


def test_that_the_texts_of_these_models_end_anywhere_and_are_full_of_ties() -> None:
    lengths, ties = set(), 0
    for name, seed in MODELS:
        ours, _ = PAIRS[name](seed)
        steps = list(decode_steps(ours, prompt(ours, seed), DecodingConfig(max_length=LONGEST)))
        lengths.add(len(steps))
        ties += sum(step.candidates[0].probability == step.candidates[1].probability
                    for step in steps)  # fmt: skip
    assert len(lengths) > 5 and {1, LONGEST} <= lengths and ties > 20
