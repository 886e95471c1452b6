"""A timeline against each step loaded by itself and traced."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.data.prepare import prepare
from explorer.inspection import timeline as room
from explorer.inspection.timeline import Asked, coarse_to_fine, evolve, whole_timeline
from explorer.inspection.tracing import trace
from explorer.messages.heads import Floats, Weights
from explorer.messages.timeline import Timeline, joined
from explorer.model.taps import hooks_left
from explorer.runs.folder import RunFolder
from explorer.runs.moments import Moment, moment_at, moments
from explorer.runs.weights import ModelFileError, load_weights, save_weights
from explorer.subjects.subject import Subject, make_model
from tests.any_config import model_values
from tests.small import begin, finish, open_again, small_config
from tests.subject import small_subject

Values = Mapping[str, Any]


def as_array(weights: Weights) -> Floats:
    assert isinstance(weights, np.ndarray)
    return weights


def subject_of(values: Values) -> Subject:
    config = small_config({"model.max_length": 24, **values})
    coding = prepare(config).coding
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = make_model(coding)
    return Subject("some", "", config, model, coding, 0)


def kept_steps(subject: Subject, folder: Path, count: int) -> list[Moment]:
    """So many steps' weights on disk, all different."""
    found: list[Moment] = []
    folder.mkdir(parents=True, exist_ok=True)
    for step in range(count):
        torch.manual_seed(step)
        for parameter in subject.model.parameters():
            nn.init.normal_(parameter, std=0.4)
        path = folder / f"step-{step * 10:08}.safetensors"
        save_weights(path, subject.model)
        found.append(Moment(step * 10, path))
    return found


def asked(subject: Subject, source: str = "3 1 4 1", target: str = "1 4 1 3") -> Asked:
    return Asked(subject.source(source), subject.target(target), source, target, own_target=False)


def assert_as_traced(
    subject: Subject, kept: list[Moment], question: Asked, found: Timeline
) -> None:
    assert found.steps_S.tolist() == [moment.step for moment in kept]
    for place, moment in enumerate(kept):
        load_weights(moment.weights, subject.model)
        alone = trace(
            subject, question.source, question.target, question.source_text,
            question.target_text, own_target=False,
        )  # fmt: skip
        assert alone.weights.keys() == found.weights.keys()
        seen = found.trace(place)
        assert (seen.source, seen.target) == (alone.source, alone.target)
        for site, weights in alone.weights.items():
            assert np.abs(as_array(seen.weights[site]) - as_array(weights)).max() < 1e-5
            moved_HK = alone.heads[site].moved_HK
            np.testing.assert_allclose(found.moved[site][place], moved_HK, rtol=1e-3, atol=1e-4)
        assert_losses(subject, question, found, place)


def assert_losses(subject: Subject, question: Asked, found: Timeline, place: int) -> None:
    """The losses once more, from the batch that training would make of the pair."""
    coding = subject.coding
    batch = coding.batch(coding.read([question.source_text]), coding.say([question.target_text]))
    with torch.no_grad():
        logits_NV = subject.model(batch.source, batch.target_BT).flatten(0, 1)[batch.places_N]
    expected = [token.id for token in found.reading.expected]
    assert expected == batch.expected_N.tolist()
    assert found.reading.places == tuple(batch.places_N.tolist())
    losses = nn.functional.cross_entropy(logits_NV, batch.expected_N, reduction="none")
    np.testing.assert_allclose(found.losses_SN[place], losses, atol=2e-5, rtol=1e-5)
    np.testing.assert_allclose(found.probabilities_SN[place], (-losses).exp(), atol=1e-5)
    best = logits_NV.softmax(-1).topk(found.likelihoods_SNC.shape[-1]).values
    np.testing.assert_allclose(found.likelihoods_SNC[place], best, atol=1e-5)


@given(values=model_values(), task=st.sampled_from(["reverse", "copy"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_that_a_timeline_is_every_step_traced_whatever_the_architecture(
    values: Values, task: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    named = {f"model.{name}": value for name, value in values.items()}
    subject = subject_of(named | {"task.name": task})
    kept = kept_steps(subject, tmp_path_factory.mktemp("run"), 5)
    question = asked(subject)
    assert_as_traced(subject, kept, question, whole_timeline(subject, kept, question))


@pytest.mark.parametrize("values", [
    {"task.name": "reverse", "model.architecture": "encoder-only"},
    {"task.name": "majority", "model.architecture": "encoder-only", "task.vocabulary": "word"},
    {"model.weights": "ternary"},
    {"model.architecture": "decoder-only", "model.sink": "learned", "model.positions": "alibi"},
], ids=str)  # fmt: skip
def test_that_chunks_and_loops_give_the_same(
    values: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = subject_of(values)
    kept, question = kept_steps(subject, tmp_path, 9), asked(subject)
    assert_as_traced(subject, kept, question, whole_timeline(subject, kept, question))
    for chunk in (1, 3 * 4 * (subject.model.parameter_count() + 1000)):
        monkeypatch.setattr(room, "CHUNK_BYTES", chunk)
        assert_as_traced(subject, kept, question, whole_timeline(subject, kept, question))
    assert not hooks_left(subject.model)


def test_that_parts_come_from_coarse_to_fine_each_step_once(tmp_path: Path) -> None:
    assert coarse_to_fine(9) == [8, 0, 4, 2, 6, 1, 3, 5, 7]
    for count in range(40):
        assert sorted(coarse_to_fine(count)) == list(range(count))
    subject = small_subject()
    kept = kept_steps(subject, tmp_path, 9)
    parts = list(evolve(subject, kept, asked(subject)))
    assert [part.steps_S.tolist() for part in parts] == [
        [80], [0, 20, 40, 60], [10, 30, 50, 70],
    ]  # fmt: skip
    whole = joined(parts)
    assert whole.steps_S.tolist() == list(range(0, 90, 10))
    assert whole.loss_S.shape == (9,)
    assert [whole.place(step) for step in (-5, 0, 9, 10, 79, 80, 1000)] == [0, 0, 0, 1, 7, 8, 8]


def test_that_a_real_run_is_travelled_and_ends_as_it_is_now(tmp_path: Path) -> None:
    finish(begin(tmp_path / "run", []))
    subject = open_again(tmp_path / "run")
    kept = moments(RunFolder(tmp_path / "run"))
    assert [moment.step for moment in kept] == list(range(21))  # Twenty even ones of twenty.
    assert [moment.step for moment in kept if moment.checkpoint] == [10, 20]
    weights = {name: value.clone() for name, value in subject.model.state_dict().items()}
    question = asked(subject)
    found = whole_timeline(subject, kept, question)
    for name, value in subject.model.state_dict().items():
        assert torch.equal(value, weights[name]), "the model itself is left alone"
    alone = trace(subject, question.source, question.target, "3 1 4 1", "", own_target=False)
    for site, seen in alone.weights.items():
        assert np.abs(found.weights[site][-1] - as_array(seen)).max() < 1e-5
    assert not np.allclose(found.losses_SN[0], found.losses_SN[-1])


def test_that_without_labels_it_asks_for_what_the_newest_weights_say(tmp_path: Path) -> None:
    subject = subject_of({"model.architecture": "encoder-only"})
    kept = kept_steps(subject, tmp_path, 6)
    found = whole_timeline(subject, kept, asked(subject, target=""))
    assert found.reading.own_target
    newest = found.candidates_SNC[-1, :, 0].tolist()
    assert [token.id for token in found.reading.expected] == newest
    assert (found.probabilities_SN[-1] >= found.likelihoods_SNC[-1, :, 0] - 1e-6).all()


def test_that_running_text_expects_every_next_token(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat. the dog sat on the cat.\n" * 40, encoding="utf-8")
    subject = subject_of({
        "task.name": "text", "task.file": str(text), "model.architecture": "decoder-only",
        "task.vocabulary": "character", "task.context": 16,
    })  # fmt: skip
    kept = kept_steps(subject, tmp_path / "kept", 4)
    question = asked(subject, source="the cat", target=" sat")
    found = whole_timeline(subject, kept, question)
    assert "".join(token.text for token in found.reading.expected) == "he␣cat␣sat"
    load_weights(kept[2].weights, subject.model)
    ids = torch.tensor([subject.source("the cat sat").ids])
    losses = nn.functional.cross_entropy(
        subject.model(None, ids)[0, :-1], ids[0, 1:], reduction="none"
    )
    np.testing.assert_allclose(found.losses_SN[2], losses.detach(), rtol=1e-5, atol=1e-5)


def test_that_of_a_text_too_long_only_losses_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = small_subject()
    kept, question = kept_steps(subject, tmp_path, 4), asked(subject)
    whole = whole_timeline(subject, kept, question)
    monkeypatch.setattr(room, "KEPT_BYTES", 100)
    found = whole_timeline(subject, kept, question)
    assert not found.weights and "too long" in found.reading.notes[-1]
    np.testing.assert_allclose(found.losses_SN, whole.losses_SN, rtol=1e-5)


def test_that_weights_of_another_model_are_refused_in_words(tmp_path: Path) -> None:
    subject, other = small_subject(), subject_of({"model.width": 8})
    kept = [*kept_steps(subject, tmp_path / "a", 2), *kept_steps(other, tmp_path / "b", 1)]
    with pytest.raises(ModelFileError, match="belongs to another model"):
        whole_timeline(subject, kept, asked(subject))
    kept[0].weights.write_bytes(b"torn")
    with pytest.raises(ModelFileError, match="cannot be read"):
        whole_timeline(subject, kept[:2], asked(subject))


def test_that_a_step_that_is_not_kept_is_answered_with_the_nearest(tmp_path: Path) -> None:
    finish(begin(tmp_path / "run", [], {"training.steps": 40}))
    folder = RunFolder(tmp_path / "run")
    assert moment_at(folder, 30).checkpoint is not None
    assert moment_at(folder, 4).checkpoint is None
    with pytest.raises(ModelFileError, match="of step 7; the nearest are those of 4, 6, 8, 10"):
        moment_at(folder, 7)
