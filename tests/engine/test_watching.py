"""Sentences that are watched while a run trains."""

import errno
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.engine import watching
from explorer.engine.watching import Watcher, watched_trace
from explorer.messages.events import Event, Failed
from explorer.messages.travel import Watched
from explorer.runs import watch as room
from explorer.runs.folder import RunFolder
from explorer.runs.library import Found
from explorer.runs.watch import WatchFolder
from explorer.subjects.opening import load_found
from explorer.subjects.subject import SentenceError
from tests.small import CPU, begin, finish, reopen
from tests.subject import small_subject

SENTENCES = (Watched("3 1 4", "4 1 3"), Watched("2 7 1 8"))
KEPT = {"training.keep_checkpoints": 50, "training.checkpoint_every": 1}


@pytest.fixture
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time enough for every step."""
    monkeypatch.setattr(watching, "SHARE", 1e9)
    monkeypatch.setattr(watching, "EVERY", 1)


def watched(folder: Path, told: list[Event], *, sentences: tuple[Watched, ...] = SENTENCES) -> None:
    run = begin(folder, told, KEPT)
    run.watch(sentences)
    finish(run)


@pytest.mark.usefixtures("generous")
def test_that_what_was_kept_is_bit_for_bit_what_the_checkpoint_gives_later(tmp_path: Path) -> None:
    watched(tmp_path / "run", [])
    folder = RunFolder(tmp_path / "run")
    kept = WatchFolder.of(folder)
    assert kept.steps() == list(range(21)) and kept.sentences() == SENTENCES
    for checkpoint in folder.checkpoints():
        subject = load_found(Found("run", folder, checkpoint), CPU)
        for record, sentence in zip(kept.records(subject.step), SENTENCES, strict=True):
            later = watched_trace(subject, sentence)
            assert record.target_text == later.target_text
            assert record.source == tuple(token.text for token in later.source)
            assert record.weights.keys() == {str(site) for site in later.weights}
            for site, weights in later.weights.items():
                assert isinstance(weights, np.ndarray)
                assert record.weights[str(site)].tobytes() == weights.tobytes()


@pytest.mark.usefixtures("generous")
def test_that_a_watched_run_learns_the_very_same(tmp_path: Path) -> None:
    watched(tmp_path / "watched", [])
    finish(begin(tmp_path / "alone", [], KEPT))
    last = Path("checkpoints") / "step-00000020"
    for name in ("model.safetensors", "optimizer.safetensors"):
        one, other = (tmp_path / run / last / name for run in ("watched", "alone"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.usefixtures("generous")
def test_that_a_continued_run_goes_on_watching_and_forgets_what_comes_again(
    tmp_path: Path,
) -> None:
    run = begin(tmp_path / "run", [], {"training.checkpoint_every": 10})
    run.watch(SENTENCES)
    for _ in range(10):
        run.step()
    run.finish_evaluation()
    for _ in range(5):
        run.step()
    kept = WatchFolder.of(run.folder)
    assert kept.steps()[-1] == 15
    before = kept.records(12)[0].weights
    again = reopen(run.folder.path, [])  # As after a power cut: the checkpoint is that of step 10.
    assert kept.steps()[-1] == 10
    finish(again)
    assert kept.steps() == list(range(21))
    for site, weights in kept.records(12)[0].weights.items():
        assert weights.tobytes() == before[site].tobytes()


def test_that_watching_keeps_to_its_share_of_time(tmp_path: Path) -> None:
    subject = small_subject()
    ticks = count()  # A look takes 5 ms, a step 10 ms.
    watcher = Watcher(RunFolder(tmp_path), SENTENCES, clock=lambda: 0.005 * next(ticks))
    for step in range(1201):
        subject.step = step
        watcher.step(subject, 0.01 * step)
        assert watcher.seconds <= watching.SHARE * 0.01 * step + 1e-9
    steps = watcher.kept.steps()
    assert len(steps) == watcher.looks
    assert steps[:4] == [0, 20, 40, 60], "as often as three hundredths of the time allow"
    assert watcher.share == pytest.approx(watching.SHARE, rel=0.05)


@pytest.mark.usefixtures("generous")
def test_that_records_stay_within_their_bytes_and_keep_first_and_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_BYTES", 200_000)
    subject = small_subject()
    watcher = Watcher(RunFolder(tmp_path), SENTENCES)
    for step in range(60):
        subject.step = step
        watcher.step(subject, float(step))
        assert watcher.kept.bytes() <= 200_000
        assert watcher.kept.steps()[0] == 0 and watcher.kept.steps()[-1] == step
    steps = watcher.kept.steps()
    assert len(steps) > 4
    assert max(b - a for a, b in pairwise(steps)) < 30, "they stay spread"


@pytest.mark.usefixtures("generous")
def test_that_a_full_disk_ends_the_recording_and_not_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Event] = []
    run = begin(tmp_path / "run", told)
    run.watch(SENTENCES)
    for _ in range(3):
        run.step()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(WatchFolder, "record", full)
    finish(run)
    said = [event.message for event in told if isinstance(event, Failed)]
    assert len(said) == 1 and "no longer recorded from step 4: No space" in said[0]
    assert run.trainer.step == 20


def test_that_what_cannot_be_watched_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(tmp_path / "run", [])
    with pytest.raises(SentenceError, match="nothing to look at"):
        run.watch([Watched("  ")])
    monkeypatch.setattr(watching, "DENSE", 10)
    with pytest.raises(SentenceError, match="too long to be watched"):
        run.watch(SENTENCES)
    assert run.watcher is None
    run.close()


def test_that_records_of_earlier_sentences_stay_and_say_what_they_are_of(tmp_path: Path) -> None:
    kept = WatchFolder(tmp_path / "watch")
    kept.watch(SENTENCES)
    kept.record(3, [watched_trace(small_subject(), SENTENCES[0])])
    kept.watch(SENTENCES)
    assert kept.steps() == [3]
    kept.watch(SENTENCES[:1])
    assert kept.steps() == [3] and kept.sentences() == SENTENCES[:1]
    assert [record.source_text for record in kept.records(3)] == ["3 1 4"]
    (kept.path / "sentences.json").write_text("torn", encoding="utf-8")
    assert kept.sentences() == ()
    assert torch.is_grad_enabled()
