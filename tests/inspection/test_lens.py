"""The logit lens on real subjects of every architecture, against the model's own passes."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from explorer.data.prepare import prepare
from explorer.data.vocabulary import END, START
from explorer.decoding.stepper import decode
from explorer.inspection.lens import read_lens
from explorer.inspection.residuals import residuals
from explorer.messages.config import ModelConfig, RunConfig
from explorer.messages.lenses import LensReading
from explorer.messages.results import Token
from explorer.messages.settings import with_values
from explorer.model.taps import hooks_left, watching
from explorer.subjects.opening import open_subject
from explorer.subjects.subject import SentenceError, Subject, make_model
from tests.any_config import model_configs
from tests.model.test_every_combination import SOURCE, TARGET, random_model
from tests.small import CPU
from tests.subject import small_subject

TEXT = "3 1 4 1"
WRITTEN = (7, 9, 5)


@pytest.fixture(scope="module")
def subject() -> Subject:
    return small_subject()


def read(subject: Subject, written: tuple[int, ...] = WRITTEN, **asked: Any) -> LensReading:
    return read_lens(subject, subject.source(TEXT), TEXT, written, **asked)


def says(subject: Subject, written: tuple[int, ...] = WRITTEN) -> torch.Tensor:
    """P×V logits of each decision, by a pass without any lens."""
    source = subject.source(TEXT).as_input(CPU)
    with torch.no_grad():
        return subject.model(source, torch.tensor([[START, *written]]))[0]


def test_that_the_last_layer_is_what_the_model_says(subject: Subject) -> None:
    grid, log_PV = read(subject, top=4).grid, says(subject).log_softmax(-1)
    assert grid.decisions == (0, 1, 2, 3) and grid.layers == ("embedding", "layer 1", "layer 2")
    best = log_PV.topk(4)
    np.testing.assert_array_equal(grid.top_LPK[-1], best.indices)
    np.testing.assert_allclose(grid.probability_LPK[-1], best.values.exp(), atol=1e-6)
    entropy_P = -(log_PV.exp() * log_PV).sum(-1)
    np.testing.assert_allclose(grid.entropy_LP[-1], entropy_P, atol=1e-5)


def test_that_the_choice_is_what_was_written_and_last_the_likeliest(subject: Subject) -> None:
    grid, log_PV = read(subject).grid, says(subject).log_softmax(-1)
    chosen = [*WRITTEN, int(log_PV[-1].argmax())]
    assert [token.id for token in grid.chosen] == chosen
    assert [token.id for token in grid.read] == [START, *WRITTEN]
    for place, id in enumerate(chosen):
        assert grid.chosen_LP[-1, place] == pytest.approx(log_PV[place, id].exp().item(), abs=1e-6)
        above = (log_PV[place] > log_PV[place, id]).sum().item()
        assert grid.rank_LP[-1, place] == above + 1


def test_that_a_layer_is_read_as_if_all_behind_it_added_nothing(subject: Subject) -> None:
    """With norms before the sub-layers, silencing the second layer leaves the first one's word."""
    with residuals(subject.model) as seen:
        quiet = [s.residual.added for s in seen.sums if s.layer == 1]
    with watching(dict.fromkeys(quiet, torch.zeros_like)):
        expected = says(subject).softmax(-1).topk(5)
    grid = read(subject).grid
    np.testing.assert_array_equal(grid.top_LPK[1], expected.indices)
    np.testing.assert_allclose(grid.probability_LPK[1], expected.values, atol=1e-6)


def test_that_columns_are_those_asked_for(subject: Subject) -> None:
    whole, some = read(subject).grid, read(subject, decisions=(2, 0)).grid
    assert some.decisions == (2, 0)
    np.testing.assert_array_equal(some.top_LPK, whole.top_LPK[:, [2, 0]])
    assert read(subject, index=1).grid.decisions == (0, 1)


def test_that_what_is_written_later_changes_nothing(subject: Subject) -> None:
    early, late = read(subject, (7, 9), index=1), read(subject, (7, 9, 4, 4, 4), index=1)
    np.testing.assert_allclose(early.grid.chosen_LP, late.grid.chosen_LP, atol=1e-6)
    assert early.parts.logit == pytest.approx(late.parts.logit, abs=1e-5)


def test_that_parts_are_those_of_the_token_asked_for(subject: Subject) -> None:
    logits_PV = says(subject)
    for index, token in ((0, 7), (2, 5), (3, 11)):
        parts = read(subject, index=index, token=token).parts
        assert (parts.decision, parts.token.id) == (index, token)
        assert parts.logit == pytest.approx(logits_PV[index, token].item(), abs=1e-4)
        assert parts.total == pytest.approx(parts.logit, abs=1e-4)


def test_that_a_lead_over_a_rival_is_the_difference_of_both(subject: Subject) -> None:
    own, rival = (read(subject, index=1, token=token).parts for token in (9, 4))
    lead = read(subject, index=1, token=9, against=4).parts
    assert lead.against is not None and lead.against.id == 4
    assert lead.logit == pytest.approx(own.logit - rival.logit, abs=1e-4)
    for found, one, other in zip(lead.parts, own.parts, rival.parts, strict=True):
        assert found.title == one.title
        assert found.logit == pytest.approx(one.logit - other.logit, abs=1e-6)


def test_that_there_is_no_decision_after_the_end(subject: Subject) -> None:
    assert read(subject, (7, END)).grid.decisions == (0, 1)
    with pytest.raises(SentenceError, match="2 decisions"):
        read(subject, (7, END), index=2)


def test_that_a_text_as_long_as_can_be_is_read(subject: Subject) -> None:
    room = subject.config.model.max_length
    assert len(read(subject, (7,) * room).grid.decisions) == room
    with pytest.raises(SentenceError, match=f"at most {room} tokens"):
        read(subject, (7,) * (room + 1))


def test_that_a_token_that_is_not_there_is_refused_in_words(subject: Subject) -> None:
    with pytest.raises(SentenceError, match="no token 4000"):
        read(subject, token=4000)


def test_that_every_token_of_the_grid_has_its_word(subject: Subject) -> None:
    grid = read(subject).grid
    assert {*grid.top_LPK.flatten().tolist(), *(t.id for t in grid.chosen)} == set(grid.words)
    assert all(isinstance(word, Token) and word.id == id for id, word in grid.words.items())


def test_that_no_hook_stays(subject: Subject) -> None:
    read(subject)
    assert hooks_left(subject.model) == 0


# Shipped models, and a model of each architecture


@pytest.mark.parametrize("name", ["dates", "reverse", "translate-en-fr"])
def test_that_shipped_models_are_read(name: str) -> None:
    subject = open_subject(name, CPU)
    text = subject.config.example
    source = subject.source(text)
    decoding = decode(subject, source, text, subject.config.decoding)
    written = [step.token.id for step in decoding.steps]
    reading = read_lens(subject, source, text, written)
    assert (reading.grid.rank_LP[-1] == 1).all()  # It wrote the likeliest of its last layer.
    assert reading.grid.chosen_LP[-1].mean() > reading.grid.chosen_LP[0].mean()
    assert reading.parts.total == pytest.approx(reading.parts.logit, abs=1e-4)
    assert sum(part.kind == "head" for part in reading.parts.parts) > 1


@pytest.mark.parametrize("norm", ["after", "before"])
@pytest.mark.parametrize("architecture", ["encoder-decoder", "decoder-only", "encoder-only"])
def test_that_every_architecture_is_read(architecture: str, norm: str) -> None:
    subject = small_of(architecture, norm)
    source = subject.source("3 1 4")
    decoding = decode(subject, source, "3 1 4", subject.config.decoding)
    written = [step.token.id for step in decoding.steps]
    reading = read_lens(subject, source, "3 1 4", written)
    assert len(reading.grid.decisions) == len(written) + (not decoding.finished)
    probabilities = [step.probability for step in decoding.steps]
    np.testing.assert_allclose(reading.grid.chosen_LP[-1, : len(written)], probabilities, atol=1e-5)
    assert reading.parts.total == pytest.approx(reading.parts.logit, abs=1e-4)
    note = "after every sum" if norm == "after" else "last norm's scale"
    assert note in reading.parts.note


def small_of(architecture: str, norm: str) -> Subject:
    """An untrained model of an architecture that writes some text."""
    values = {
        "model.width": 16, "model.heads": 2, "model.feed_forward": 24, "model.encoder_layers": 2,
        "model.decoder_layers": 2, "model.max_length": 40, "decoding.max_length": 10,
        "task.max_length": 9, "task.validation": 2, "task.test": 0, "task.name": "reverse",
        "model.architecture": architecture, "model.norm": norm,
    }  # fmt: skip
    config = with_values(RunConfig(), values)
    coding = prepare(config).coding
    torch.manual_seed(4)
    model = make_model(coding)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.4)
    return Subject("small", "", config, model.eval(), coding, 3)


# Every option


@given(config=model_configs())
@settings(max_examples=80, deadline=None)
def test_that_layers_lead_to_the_models_word_whatever_its_options(config: ModelConfig) -> None:
    model = random_model(config, rounding=True)
    source = SOURCE[:1] if config.has_encoder else None
    with residuals(model) as seen, torch.no_grad():
        logits_TV = model(source, TARGET[:1] if config.has_decoder else None)[0]
        rows = [model.output(seen.norm(residual)) for residual in seen.layers_LM()]
    layers = config.decoder_layers if config.has_decoder else config.encoder_layers
    assert len(rows) == layers + 1
    torch.testing.assert_close(rows[-1], logits_TV)
