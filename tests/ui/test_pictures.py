"""A picture dropped on the window is what the vision model looks at, its patches the tokens."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

pytest.importorskip("transformers")
pytest.importorskip("PIL")

from PIL import Image

from tests.desk import Desk
from tests.subjects.outside.vision.small_pictures import small_pictures


def _picture(path: Path) -> Path:
    noise = np.random.default_rng(1).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return path


def test_that_a_dropped_picture_is_looked_at_in_patches(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path / "settings.ini", str(small_pictures(tmp_path / "vit")))
    try:
        assert desk.trace is not None and desk.trace.source_text == "test picture"
        photo = _picture(tmp_path / "photo.png")
        desk.drop(photo)
        desk.wait(lambda: desk.shown == str(photo))
        assert desk.trace is not None and not desk.attention.signal.isHidden()
        assert [token.text for token in desk.trace.source][:2] == ["[CLS]", "1·1"]
        assert desk.trace.signal is not None and desk.trace.signal.values.shape == (32, 32, 3)
        desk.wait(lambda: bool(desk.answer) and desk.answer[0].startswith("LABEL_"))
    finally:
        desk.close()


def test_that_a_picture_for_a_text_model_is_refused_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path / "settings.ini", "reverse")
    try:
        desk.drop(_picture(tmp_path / "photo.png"))
        assert "reads no pictures" in desk.window.status.text
    finally:
        desk.close()
