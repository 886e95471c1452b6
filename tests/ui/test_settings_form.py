"""The form of the settings: its groups, its search, and what it says of a run that trains."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from explorer.messages import commands, events
from explorer.messages.presets import load_preset
from explorer.messages.results import Change
from explorer.messages.settings import all_settings
from explorer.messages.tasks import TASK_INFO
from explorer.ui.panels.model_panel import ModelPanel
from explorer.ui.widgets.running_settings import NEXT_RUN
from explorer.ui.widgets.setting_topics import choice_title
from explorer.ui.widgets.settings_draft import flat
from explorer.ui.widgets.task_chooser import task_info
from tests.ui.model_desk import changed, choose, click, model, shown_panel, type_into


@pytest.fixture
def panel(qtbot: QtBot) -> ModelPanel:
    return shown_panel(qtbot)


@pytest.fixture
def asked(panel: ModelPanel) -> list[commands.Command]:
    """The commands that the panel has asked for."""
    made: list[commands.Command] = []
    panel.requested.connect(made.append)
    return made


# Groups, search, what matters


def titles_in_sight(panel: ModelPanel) -> list[str]:
    return [row.setting.title for row in panel.form.rows() if row.isVisible()]


def test_that_every_setting_stands_in_exactly_one_group(panel: ModelPanel) -> None:
    paths = [s.path for group in panel.form.groups for s in group.settings]
    assert sorted(paths) == sorted(s.path for s in all_settings() if s.path != "task.name")
    assert all(group.settings for group in panel.form.groups)


def test_that_a_setting_is_shown_when_it_comes_to_matter_and_nothing_above_it_moves(
    panel: ModelPanel,
) -> None:
    base = panel.form.row("model.rotary_base")
    positions = panel.form.row("model.positions")
    QApplication.processEvents()
    assert not base.isVisible()
    before = positions.mapTo(panel, QPoint())
    combo = positions.editor.widget
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.findData("rotary"))
    QApplication.processEvents()
    assert base.isVisible() and base.y() > positions.y()
    assert positions.mapTo(panel, QPoint()) == before


def test_that_the_layers_in_sight_are_those_of_the_architecture(panel: ModelPanel) -> None:
    choose(panel.chooser.task, "text")
    assert panel.draft.value("model.architecture") == "decoder-only"
    seen = titles_in_sight(panel)
    assert "Decoder layers" in seen and "Encoder layers" not in seen


def test_that_a_search_shows_what_has_all_the_words_also_by_choice_and_ends_with_escape(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    before = titles_in_sight(panel)
    qtbot.keyClicks(panel.form.search, "rms NORM")
    qtbot.waitUntil(lambda: "Norm" in titles_in_sight(panel))
    assert set(titles_in_sight(panel)) == {"Norm", "Query–key norm"}
    panel.form.search.clear()
    assert titles_in_sight(panel) == before
    qtbot.keyClicks(panel.form.search, "no such thing")
    assert panel.form.nothing.isVisible() and titles_in_sight(panel) == []


def test_that_a_search_finds_what_has_no_effect_and_says_when_it_has(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    qtbot.keyClicks(panel.form.search, "rotary base")
    qtbot.waitUntil(lambda: titles_in_sight(panel) == ["Rotary base"])
    row = panel.form.row("model.rotary_base")
    assert row.said == "Has an effect when Positions is Rotary."


def test_that_every_choice_has_a_title_of_its_own() -> None:
    for setting in all_settings():
        titles = [choice_title(setting.path, choice) for choice in setting.choices]
        assert len(set(titles)) == len(titles) and all(titles)


# The word for the smallest value


@pytest.mark.parametrize(
    ("path", "word", "least"),
    [("training.clip_norm", "off", 0.0), ("training.patience", "off", 0),
     ("model.attention_dropout", "as Dropout", -1.0), ("model.key_value_heads", "as heads", 0)],
)  # fmt: skip
def test_that_the_smallest_value_is_shown_and_typed_as_a_word(
    qtbot: QtBot, panel: ModelPanel, path: str, word: str, least: float
) -> None:
    row = panel.form.row(path)
    control = row.editor.widget
    assert isinstance(control, QLineEdit | QSpinBox)
    type_into(qtbot, row, "0.5" if isinstance(control, QLineEdit) else "1")
    assert panel.draft.value(path) != least and row.said == ""
    for letter in word:
        if letter == word[0]:
            control.selectAll()
        qtbot.keyClicks(control, letter)
        assert row.said == ""
    panel.setFocus()
    assert control.text() == word
    assert panel.draft.config is not None and flat(panel.draft.config)[path] == least


# While a run trains


def test_that_enter_in_a_live_setting_changes_the_run_that_trains(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    config = load_preset("reverse")
    panel.receive([model(config), changed("running")])
    row = panel.form.row("training.learning_rate")
    type_into(qtbot, row, "0.0005")
    assert "The run that trains now has 0.003" in row.said
    qtbot.keyClick(row.editor.widget, Qt.Key.Key_Return)
    assert asked == [commands.ChangeTraining((("training.learning_rate", 0.0005),))]
    change = Change(10, "training.learning_rate", 0.0005)
    panel.receive([events.SettingsChanged((change,))])
    assert row.said == ""
    qtbot.keyClick(row.editor.widget, Qt.Key.Key_Return)
    assert len(asked) == 1


def test_that_a_click_applies_and_what_does_not_fit_cannot_be_applied(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    panel.receive([model(load_preset("reverse")), changed("running")])
    row = panel.form.row("training.batch_size")
    type_into(qtbot, row, "32")
    assert row.note is not None
    click(qtbot, row.note.buttons[0])
    assert asked == [commands.ChangeTraining((("training.batch_size", 32),))]
    rate = panel.form.row("training.learning_rate")
    type_into(qtbot, rate, "fast")
    qtbot.keyClick(rate.editor.widget, Qt.Key.Key_Return)
    assert len(asked) == 1 and rate.note is not None and rate.note.buttons == []


def test_that_other_settings_say_that_they_are_for_the_next_run(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    row = panel.form.row("training.steps")
    type_into(qtbot, row, "77")
    assert row.said == ""
    panel.receive([model(load_preset("reverse")), changed("running")])
    type_into(qtbot, row, "78")
    assert row.said == NEXT_RUN
    panel.receive([changed("stopped", 10)])
    assert row.said == "" and asked == []


# Tasks and architectures


def test_that_every_task_can_be_chosen_and_headings_cannot(panel: ModelPanel) -> None:
    combo = panel.chooser.task
    offered = {combo.itemData(i) for i in range(combo.count()) if choosable(combo, i)}
    assert offered == set(TASK_INFO)
    headings = [combo.itemText(i) for i in range(combo.count()) if not choosable(combo, i)]
    assert headings[0] == "Lists" and headings[-1] == "Your own data"


def choosable(combo: QComboBox, index: int) -> bool:
    return bool(combo.model().index(index, 0).flags() & Qt.ItemFlag.ItemIsEnabled)


@pytest.mark.parametrize("task", list(TASK_INFO))
def test_that_a_task_takes_an_architecture_that_can_learn_it(panel: ModelPanel, task: str) -> None:
    panel.draft.give({"training.seed": 7})
    choose(panel.chooser.task, task)
    assert panel.draft.value("model.architecture") in task_info(task).architectures
    assert panel.chooser.lesson.text() == task_info(task).learns
    assert "model.architecture" not in panel.draft.errors


def test_that_an_architecture_that_does_not_fit_is_said_and_the_right_ones_are_offered(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    panel.draft.give({"training.seed": 7})
    choose(panel.chooser.task, "text")
    row = panel.form.row("model.architecture")
    combo = row.editor.widget
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.findData("encoder-decoder"))
    assert "does not fit the task “Own running text”" in row.said
    assert row.note is not None
    assert [b.text() for b in row.note.buttons] == ["Decoder only", "Encoder only"]
    click(qtbot, row.note.buttons[1])
    assert panel.draft.value("model.architecture") == "encoder-only"
    assert row.said == "" and combo.currentData() == "encoder-only"


def test_that_a_name_too_long_for_the_list_ends_in_an_ellipsis(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    long = "A preset with a name that is much too long for a narrow panel"
    panel.chooser.offer_opened(long)
    panel.chooser.preset.setCurrentIndex(0)
    drawn = panel.chooser.preset.grab().toImage()
    panel.chooser.preset.setItemText(0, panel.chooser.preset.shown_text())
    assert panel.chooser.preset.shown_text().endswith("…")
    assert panel.chooser.preset.grab().toImage() == drawn
