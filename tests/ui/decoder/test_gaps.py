"""Hidden words of an encoder alone: rivals for each gap, and words that a person puts into them."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.decoder.bench import Bench, subject_of

TEXT = "the old cat sat on the mat and the dog sat on the chair near the old house\n"


def test_that_a_word_put_into_a_gap_stays_while_another_gap_is_filled(
    qtbot: QtBot, tmp_path: Path
) -> None:
    corpus = tmp_path / "text.txt"
    corpus.write_text(TEXT * 40)
    bench = Bench(qtbot)
    bench.open(subject_of({
        "model.architecture": "encoder-only", "model.encoder_layers": 2, "model.max_length": 32,
        "task.name": "text", "task.file": str(corpus), "task.vocabulary": "word",
        "task.context": 16,
    }), "the ___ cat sat on ___")  # fmt: skip
    panel, rivals = bench.panel, bench.panel.decision.candidates
    assert len(bench.decoding.steps) == 2 and panel.what.text() == "Guesses for hidden words"
    assert len(rivals.rows()) > 3
    put: list[int] = []
    for gap in (1, 0):
        panel.go(gap)
        put.append(bench.decoding.steps[gap].candidates[1].token.id)
        middle = rivals.row_rect(1).center()
        qtbot.mouseClick(rivals, Qt.MouseButton.LeftButton, pos=middle)
        bench.settle()
    first, second = bench.decoding.steps
    assert [second.token.id, first.token.id] == put
    assert first.how == second.how == "forced"
    assert len(panel.course.branches.branches) == 3
