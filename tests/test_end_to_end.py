"""The whole application: the real window and the real worker, with clicks and keystrokes."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.engine.engine import Engine
from explorer.messages.commands import StartTraining
from explorer.messages.events import (
    Decoded,
    Evaluated,
    Failed,
    Inspected,
    ModelOpened,
    RunSaved,
    TrainingChanged,
    TrainStep,
)
from explorer.messages.presets import all_presets
from explorer.messages.results import Site, SiteKind
from explorer.messages.settings import with_values
from explorer.ui.data_dialog import DataDialog
from tests.desk import Desk
from tests.whole import whole

REVERSE = next(preset.config for preset in all_presets() if preset.name == "reverse")
CROSS = Site(SiteKind.CROSS, 0)


def train(folder: Path, steps: int) -> Path:
    """Train the reverse preset for some steps, without a window; returns the run's folder."""
    config = with_values(
        REVERSE,
        {"training.steps": steps, "training.evaluate_every": steps, "task.validation": 50,
         "task.test": 0},
    )  # fmt: skip
    engine = Engine(lambda event: None, "cpu")
    engine.handle(StartTraining(config, str(folder)))
    while engine.busy:
        engine.work()
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of a small model that has learned for some seconds."""
    return train(tmp_path_factory.mktemp("runs") / "reverse short", 250)


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens a window, on a model when one is named; closed at the end."""
    desks: list[Desk] = []

    def open(model: Path | str = "") -> Desk:
        desks.append(Desk(qtbot, tmp_path / "settings.ini", str(model)))
        return desks[-1]

    yield open
    for desk in desks:
        if desk.worker.is_alive():
            desk.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk], trained: Path) -> Desk:
    """A window on a trained model."""
    return open_desk(trained)


# Typing


def test_that_typing_shows_every_head_and_the_answer(desk: Desk) -> None:
    desk.clear()
    desk.type("3 1 4 1 5")
    desk.wait(lambda: desk.shown == "3 1 4 1 5")
    assert desk.trace is not None
    kinds = [site.kind for site in desk.trace.weights]
    assert kinds == [SiteKind.ENCODER, SiteKind.DECODER, SiteKind.CROSS]
    for site, weights in desk.trace.weights.items():
        keys = len(desk.trace.keys(site.kind))
        assert weights.shape == (4, len(desk.trace.queries(site.kind)), keys)
        assert np.allclose(whole(weights).sum(axis=-1), 1, atol=1e-5)
    desk.wait(lambda: len(desk.decoder.decision.chips.texts) == 6)
    assert desk.answer[-1] == "end" or "cut off" in desk.decoder.origin.text()


def test_that_attention_and_decoder_tell_the_same(desk: Desk) -> None:
    desk.clear()
    desk.type("2 7 1 8")
    desk.wait(lambda: desk.shown == "2 7 1 8" and len(desk.decoder.decision.chips.texts) == 5)
    decoding = desk.outbox.all(Decoded)[-1].decoding
    assert desk.trace is not None
    assert desk.trace.target_text == decoding.text
    for step in decoding.steps:
        row = whole(desk.trace.weights[CROSS])[:, step.index]
        assert np.allclose(row, step.attention[CROSS], atol=1e-5)


def test_that_the_last_of_many_keystrokes_is_what_is_shown(desk: Desk) -> None:
    desk.clear()
    desk.type("1 2 3 4 5 6 7 8 9 0")
    desk.wait(lambda: desk.shown == "1 2 3 4 5 6 7 8 9 0")
    desk.wait(lambda: len(desk.decoder.decision.chips.texts) == 11)


# Training


def test_that_pressing_train_makes_the_loss_fall_and_the_heads_change(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk()
    desk.click("Train")
    desk.wait(lambda: desk.trace is not None and desk.outbox.step > 0)
    desk.wait(lambda: desk.outbox.step >= 200 and bool(desk.outbox.all(Evaluated)))
    losses = [event.loss for event in desk.outbox.all(TrainStep)]
    assert np.mean(losses[-20:]) < 0.9 * np.mean(losses[:20])
    assert [event.step for event in desk.outbox.all(TrainStep)] == list(range(1, len(losses) + 1))
    first = desk.outbox.all(Inspected)[0].trace
    desk.wait(lambda: desk.trace is not None and desk.trace.step >= 150)
    assert desk.trace is not None
    site = Site(SiteKind.ENCODER, 0)
    assert desk.trace.source_text == first.source_text
    assert np.abs(whole(desk.trace.weights[site]) - whole(first.weights[site])).max() > 0.01
    desk.wait(lambda: desk.outbox.all(Decoded)[-1].decoding.step >= 150)


def test_that_a_run_pauses_steps_resumes_and_stops(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.click("Train")
    desk.wait(lambda: desk.outbox.step >= 5)
    desk.click("Pause")
    desk.wait(lambda: desk.state == "paused")
    paused = desk.outbox.step
    desk.wait(lambda: desk.trace is not None and desk.trace.step == paused)
    desk.click("Step")
    desk.wait(lambda: desk.outbox.step == paused + 1)
    desk.wait(lambda: desk.trace is not None and desk.trace.step == paused + 1)
    desk.wait(lambda: f"step {paused + 1:,}" in desk.decoder.origin.text())
    desk.qtbot.wait(200)
    assert desk.outbox.step == paused + 1
    desk.click("Pause")
    desk.wait(lambda: desk.outbox.step > paused + 5)
    desk.click("Stop")
    desk.wait(lambda: desk.state == "stopped")
    saved = desk.outbox.all(RunSaved)[-1]
    assert saved.step == desk.outbox.step
    assert (Path(saved.folder) / "checkpoints").is_dir()
    desk.clear()
    desk.type("9 8")
    desk.wait(lambda: desk.shown == "9 8")


def test_that_typing_while_training_is_answered_within_two_steps(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk()
    desk.click("Train")
    desk.wait(lambda: desk.outbox.step >= 20)
    desk.clear()
    text = "3 1 4 1 5 9 2 6"
    for end, key in enumerate(text, 1):
        desk.type(key)
        if not end % 4:
            desk.qtbot.wait(30)
    desk.wait(lambda: desk.shown == text)
    newest = max(desk.inbox.asked_at)
    assert desk.steps_until_answered(newest) <= 2
    after = desk.outbox.told[desk.inbox.asked_at[newest] :]
    answers = [e.request for e in after if isinstance(e, Inspected) and e.request <= newest]
    older = answers[: answers.index(newest)]
    assert len(older) <= 1, "the newest keystroke waited for older ones"


def test_that_an_opened_run_goes_on_where_it_stopped(
    open_desk: Callable[..., Desk], trained: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "reverse short"
    shutil.copytree(trained, folder)
    config = (folder / "run.toml").read_text("utf-8")
    (folder / "run.toml").write_text(config.replace("steps = 250", "steps = 270", 1), "utf-8")
    desk = open_desk(folder)
    desk.click("Pause")  # It says Resume.
    desk.wait(lambda: desk.state == "finished")
    assert [event.step for event in desk.outbox.all(TrainStep)] == list(range(251, 271))


# Closing


@pytest.mark.parametrize("moment", [1, 7, 40])
def test_that_closing_while_training_saves_and_exits_in_time(
    open_desk: Callable[..., Desk], moment: int
) -> None:
    desk = open_desk()
    desk.click("Train")
    desk.wait(lambda: desk.outbox.step >= moment)
    started = time.perf_counter()
    desk.close()
    assert time.perf_counter() - started < 2
    changed = desk.outbox.all(TrainingChanged)[-1]
    assert changed.state == "stopped"
    assert desk.outbox.all(RunSaved)[-1].step == changed.step == desk.outbox.step
    assert not desk.outbox.all(Failed)


# The whole promise

HELD_OUT = "3 1 4 1 5 9"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_that_reverse_is_learned_in_the_window_and_its_heads_look_backwards(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk()
    desk.click("Train")
    desk.wait(lambda: desk.state == "finished", 500_000)
    assert desk.outbox.all(Evaluated)[-1].measurement.exact_match >= 0.99
    desk.clear()
    desk.type(HELD_OUT)
    desk.wait(lambda: desk.shown == HELD_OUT and desk.answer == [*"951413", "end"])
    assert desk.trace is not None
    rows = whole(desk.trace.weights[CROSS]).mean(axis=0)[:6]
    assert rows.argmax(axis=1).tolist() == [5, 4, 3, 2, 1, 0]


# Bad input


def test_that_an_empty_line_says_what_to_do_and_loses_nothing(desk: Desk) -> None:
    before = desk.line.text()
    desk.clear()
    desk.wait(lambda: desk.attention.empty.isVisible())
    assert "type a sentence" in desk.attention.empty.title.text().lower()
    desk.wait(lambda: desk.decoder.strip.dimmed)
    desk.type(before)
    desk.wait(lambda: desk.shown == before and not desk.decoder.strip.dimmed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("word " * 10_000, "left out"),
        ("3 🙂 👩‍👩‍👧 1", "vocabulary"),
        ("3\x00 1\x1b[31m\x07 4", ""),
        ("שלום עולם مرحبا", "vocabulary"),
        ("hello world", "vocabulary"),
        ("3 \u202e1 4\u2028 5", ""),
        ("<b>3</b> & 1", "vocabulary"),
    ],
    ids=["10,000 words", "emoji", "control", "right to left", "unknown", "marks", "markup"],
)
def test_that_strange_text_is_read_as_the_model_sees_it(desk: Desk, text: str, said: str) -> None:
    asked = max(desk.inbox.asked_at)
    desk.paste(text)
    desk.wait(lambda: any(e.request > asked for e in desk.outbox.all(Inspected)))
    newest = max(desk.inbox.asked_at)
    desk.wait(lambda: desk.outbox.all(Inspected)[-1].request == newest)
    desk.wait(lambda: desk.trace is desk.outbox.all(Inspected)[-1].trace)
    assert desk.trace is not None
    desk.wait(lambda: len(desk.decoder.decision.chips.texts) == len(_source(desk)))
    assert said in desk.attention.note.text()
    assert not desk.outbox.all(Failed)


def _source(desk: Desk) -> tuple[object, ...]:
    return desk.trace.source if desk.trace is not None else ()


def _damage_truncated(folder: Path) -> None:
    for weights in folder.glob("checkpoints/*/*.safetensors"):
        weights.write_bytes(weights.read_bytes()[:100])


def _damage_foreign(folder: Path) -> None:
    for weights in folder.glob("checkpoints/*/*.safetensors"):
        weights.write_bytes(b"\x80\x04pickle, not weights")


def _damage_settings(folder: Path) -> None:
    (folder / "run.toml").write_text("[model\nwidth = many")


def _damage_vocabulary(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def _damage_empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize(
    "damage",
    [_damage_truncated, _damage_foreign, _damage_settings, _damage_vocabulary, _damage_empty],
)
def test_that_a_damaged_model_is_refused_in_words_and_the_open_one_stays(
    desk: Desk, trained: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(trained, broken)
    damage(broken)
    desk.drop(broken)
    desk.wait(lambda: bool(desk.outbox.all(Failed)))
    (failure,) = desk.outbox.all(Failed)
    assert failure.about == "model"
    assert "broken" in failure.message
    assert "Traceback" not in failure.message
    desk.wait(lambda: desk.window.status.text == failure.message)
    desk.clear()
    desk.type("4 2")
    desk.wait(lambda: desk.shown == "4 2")
    assert len(desk.outbox.all(ModelOpened)) == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b"one\tun\ntwo\nthree\ttrois\n", "line 2"),
        (b"one\tun\ntwo\tdeux\n\xff\xfe\x00\ttrois\n", "line 3 holds a zero byte"),
        (b"", "there is no text in it"),
    ],
    ids=["missing column", "bad encoding", "empty"],
)
def test_that_a_bad_corpus_is_refused_in_words_and_the_open_model_stays(
    desk: Desk, tmp_path: Path, lines: bytes, said: str
) -> None:
    corpus = tmp_path / "pairs.tsv"
    corpus.write_bytes(lines)
    desk.drop(corpus)
    (dialog,) = desk.window.findChildren(DataDialog)
    desk.wait(dialog.notice.isVisible)
    assert said in dialog.notice.text() and "pairs.tsv" in dialog.notice.text()
    assert not dialog.use.isEnabled()
    desk.qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    desk.clear()
    desk.type("4 2")
    desk.wait(lambda: desk.shown == "4 2")
    failures = [failed for failed in desk.outbox.all(Failed) if failed.about != "sentence"]
    assert not desk.outbox.all(TrainStep) and not failures


def test_that_a_dropped_text_is_cut_as_chosen_and_trained_on(desk: Desk, tmp_path: Path) -> None:
    text = tmp_path / "rhyme.txt"
    text.write_text("Jack and Jill\nwent up the hill\n" * 200)
    desk.drop(text)
    (dialog,) = desk.window.findChildren(DataDialog)
    desk.wait(dialog.use.isEnabled)
    assert dialog.settings.name == "text" and len(dialog.chips.texts) == len("Jack and Jill")
    desk.qtbot.mouseClick(dialog.cutting.kind.button("word"), Qt.MouseButton.LeftButton)
    desk.wait(lambda: dialog.chips.texts == ["Jack", "and", "Jill"])
    desk.qtbot.keyClicks(dialog.sentence, "up Jill")
    desk.wait(lambda: dialog.chips.texts == ["up", "Jill"])
    desk.qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    desk.click("Train")
    desk.wait(lambda: bool(desk.outbox.all(TrainStep)))
    opened = desk.outbox.all(ModelOpened)[-1].model
    assert opened.config.task.file == str(text) and opened.config.task.vocabulary == "word"
    assert opened.config.model.architecture == "decoder-only"
    desk.click("Stop")
    desk.wait(lambda: desk.state == "stopped")


def test_that_settings_that_do_not_fit_are_marked_and_start_nothing(desk: Desk) -> None:
    row = desk.model.form.row("model.heads")
    desk.wait(row.isVisible)
    row.editor.widget.setFocus()
    editor = row.editor.widget
    desk.qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClicks(editor, "7")
    desk.qtbot.keyClick(editor, Qt.Key.Key_Return)
    desk.wait(lambda: "model.heads" in desk.model.draft.errors)
    assert "7 heads do not divide the width" in desk.model.draft.errors["model.heads"]
    desk.click("Train")
    desk.qtbot.wait(100)
    assert not desk.outbox.all(TrainStep)
