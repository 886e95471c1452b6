"""The window in which data is opened, with the real look at real files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.data.preview import Previewer
from explorer.messages.commands import PreviewData
from explorer.messages.events import DataPreviewed
from explorer.messages.task_config import TaskConfig
from explorer.ui.data_dialog import DataDialog

LEFT = Qt.MouseButton.LeftButton


class Opened:
    """A dialog whose questions are answered."""

    def __init__(self, qtbot: QtBot, *files: Path, settings: TaskConfig | None = None) -> None:
        self.qtbot, self.asked, self.given = qtbot, list[PreviewData](), list[dict[str, object]]()
        self.dialog = DataDialog(files, settings or TaskConfig())
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(self.dialog)
        self._previewer = Previewer()
        self.dialog.requested.connect(self._answer)
        self.dialog.chosen.connect(self.given.append)
        self.dialog.show()
        self.dialog.ask()

    def _answer(self, command: PreviewData) -> None:
        self.asked.append(command)
        found = self._previewer.look(command.settings, command.sentence, guess=command.guess)
        self.dialog.receive([DataPreviewed(command.request, found)])

    def click(self, widget: QWidget) -> None:
        """Click, and wait for the answer."""
        before = len(self.asked)
        self.qtbot.mouseClick(widget, LEFT)
        self.qtbot.waitUntil(lambda: len(self.asked) > before)

    def use(self) -> dict[str, object]:
        self.qtbot.mouseClick(self.dialog.use, LEFT)
        return self.given[-1]


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    file = tmp_path / "reviews.csv"
    rows = "".join(f"{i},I like it {i},{'good' if i % 2 else 'bad'},x\n" for i in range(20))
    file.write_text("id,text,label,more\n" + rows)
    return file


@pytest.fixture
def opened(qtbot: QtBot, reviews: Path) -> Iterator[Opened]:
    yield Opened(qtbot, reviews)


def shown(dialog: DataDialog, row: int, column: int) -> str:
    """The text of a cell."""
    item = dialog.table.item(row, column)
    assert item is not None
    return item.text()


def test_that_labelled_texts_are_known_by_their_columns(opened: Opened) -> None:
    dialog = opened.dialog
    assert dialog.settings.name == "classes" and dialog.choices.kind.value == "classes"
    assert dialog.choices.source.currentText() == "text"
    assert dialog.choices.target.currentText() == "label"
    assert shown(dialog, 0, 1) == "I like it 0"
    assert dialog.labels.text() == "2 labels: bad (10), good (10)"
    assert "20 rows" in dialog.facts.text()


def test_that_a_column_can_be_chosen_and_the_two_change_places(opened: Opened) -> None:
    opened.click(opened.dialog.choices.swap)
    values = opened.use()
    assert (values["task.source_column"], values["task.target_column"]) == ("label", "text")


def test_that_another_task_is_looked_at_as_that(opened: Opened) -> None:
    opened.click(opened.dialog.choices.kind.button("pairs"))
    assert opened.asked[-1].settings.name == "pairs" and not opened.asked[-1].guess
    assert opened.use()["task.name"] == "pairs"


def test_that_chips_follow_the_sentence_and_the_vocabulary(opened: Opened) -> None:
    dialog = opened.dialog
    opened.qtbot.keyClicks(dialog.sentence, "I love it")
    opened.qtbot.waitUntil(lambda: dialog.chips.texts == ["I", "love", "it"])
    assert "1 unknown" in dialog.cut.text()
    opened.click(dialog.cutting.kind.button("character"))
    assert dialog.chips.texts == list("I␣love␣it")


def test_that_a_fault_is_said_and_the_data_cannot_be_used_until_it_is_mended(
    opened: Opened, reviews: Path
) -> None:
    dialog = opened.dialog
    opened.click(dialog.choices.kind.button("labels"))
    assert dialog.notice.isVisible() and "another number of labels" in dialog.notice.text()
    assert not dialog.use.isEnabled()
    opened.click(dialog.choices.kind.button("classes"))
    assert not dialog.notice.isVisible() and dialog.use.isEnabled()


def test_that_a_guessed_encoding_is_said_and_can_be_changed(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "old.txt"
    file.write_bytes("Der größere Bär läuft über die Straße.\n".encode("cp1252") * 30)
    opened = Opened(qtbot, file)
    dialog = opened.dialog
    assert "which is a guess" in dialog.notes.text()
    assert dialog.choices.encoding.currentText() == "Western (cp1252), guessed"
    dialog.choices.encoding.setFocus()
    qtbot.keyClicks(dialog.choices.encoding, "Cyrillic (cp")
    qtbot.keyClick(dialog.choices.encoding, Qt.Key.Key_Return)
    dialog.choices.encoding.activated.emit(dialog.choices.encoding.currentIndex())
    qtbot.waitUntil(lambda: opened.asked[-1].settings.encoding == "cp1251")
    assert shown(dialog, 0, 0).startswith("Der grц")


def test_that_an_overtaken_answer_is_not_shown(opened: Opened) -> None:
    dialog = opened.dialog
    shown = dialog.facts.text()
    late = DataPreviewed(
        opened.asked[-1].request - 1, Previewer().look(TaskConfig(), "", guess=False)
    )
    dialog.receive([late])
    assert dialog.facts.text() == shown


def test_that_settings_of_another_file_are_not_carried_over(qtbot: QtBot, reviews: Path) -> None:
    old = TaskConfig(
        name="pairs", file="/old.csv", encoding="cp1252", source_column="zz", validation_file="/v",
        vocabulary_size=321,
    )  # fmt: skip
    values = Opened(qtbot, reviews, settings=old).use()
    assert values["task.encoding"] == values["task.source_column"] == ""
    assert values["task.validation_file"] == "" and values["task.vocabulary_size"] == 321


def test_that_the_file_that_is_open_is_shown_as_it_was_left(qtbot: QtBot, reviews: Path) -> None:
    old = TaskConfig(name="pairs", file=str(reviews), source_column="more", vocabulary="bpe")
    dialog = Opened(qtbot, reviews, settings=old).dialog
    assert dialog.settings == old and dialog.choices.source.currentText() == "more"


def test_that_every_control_has_a_name_and_a_tooltip(opened: Opened) -> None:
    dialog = opened.dialog
    controls = [
        dialog.choices.encoding, dialog.choices.source, dialog.choices.target, dialog.choices.swap,
        dialog.cutting.most, dialog.cutting.rarest, dialog.cutting.lowercase, dialog.sentence,
        dialog.chips, dialog.table,
    ]  # fmt: skip
    assert all(control.accessibleName() and control.toolTip() for control in controls)
    assert dialog.use.toolTip() and dialog.cancel.toolTip()
