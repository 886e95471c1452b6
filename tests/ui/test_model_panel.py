"""The panel of settings and of the run: by scripted events, clicks and keys."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from explorer.messages import commands, events
from explorer.messages.presets import load_preset
from explorer.messages.results import History
from explorer.messages.settings import all_settings, with_values
from explorer.ui.panels.model_panel import ModelPanel
from tests.ui.model_desk import changed, choose, click, model, shown_panel, started, step, type_into


@pytest.fixture
def panel(qtbot: QtBot) -> ModelPanel:
    return shown_panel(qtbot)


@pytest.fixture
def asked(panel: ModelPanel) -> list[commands.Command]:
    """The commands that the panel has asked for."""
    made: list[commands.Command] = []
    panel.requested.connect(made.append)
    return made


def test_that_every_setting_has_a_control_with_name_and_explanation(panel: ModelPanel) -> None:
    for setting in all_settings():
        if setting.path == "task.name":
            continue
        control = panel.form.row(setting.path).editor.widget
        assert control.accessibleName() == setting.title
        assert setting.help in control.toolTip() and setting.path in control.toolTip()
        assert setting.symbol in control.toolTip()


def test_that_only_the_common_settings_are_in_sight_at_first(panel: ModelPanel) -> None:
    paths = {row.setting.path for row in panel.form.rows()}
    assert {"model.heads", "training.steps"} <= paths
    assert "training.beta2" not in paths


def test_that_train_starts_a_run_with_what_was_typed(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    type_into(qtbot, panel.form.row("training.learning_rate"), "2e-5")
    type_into(qtbot, panel.form.row("training.steps"), "77")
    click(qtbot, panel.run.buttons.train_button)
    expected = {"training.learning_rate": 2e-5, "training.steps": 77}
    assert started(asked) == with_values(load_preset("reverse"), expected)


def test_that_heads_that_do_not_divide_the_width_are_marked_and_keep_train_from_starting(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    type_into(qtbot, panel.form.row("training.learning_rate"), "0.5")
    row = panel.form.row("model.heads")
    type_into(qtbot, row, "3")
    assert "3 heads do not divide the width" in row.said
    assert not panel.run.buttons.train_button.isEnabled()
    assert "3 heads do not divide" in panel.run.reason.text()
    panel.train()
    assert asked == []
    rate = panel.form.row("training.learning_rate").editor.widget
    assert isinstance(rate, QLineEdit) and rate.text() == "0.5"


def test_that_a_mended_setting_lets_train_start_again(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    row = panel.form.row("training.learning_rate")
    type_into(qtbot, row, "fast")
    assert "Should be a number" in row.said
    type_into(qtbot, row, "0.01")
    assert row.said == ""
    assert panel.run.reason.isHidden()
    click(qtbot, panel.run.buttons.train_button)
    assert started(asked).training.learning_rate == 0.01


def test_that_an_error_in_a_closed_group_opens_it(qtbot: QtBot, panel: ModelPanel) -> None:
    panel.draft.give({"decoding.max_length": 5000})
    assert not any(row.setting.path == "decoding.max_length" for row in panel.form.rows())
    panel.form.refresh()
    assert any(row.setting.path == "decoding.max_length" for row in panel.form.rows())
    row = panel.form.row("decoding.max_length")
    assert row.isVisible() and "more than the model can write" in row.said


def test_that_changes_are_counted_against_the_preset_and_reset_undoes_them(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    row = panel.form.row("training.steps")
    before = panel.draft.value("training.steps")
    type_into(qtbot, row, "77")
    assert panel.form.groups[0].heading.text() == "Settings · 1 changed"
    click(qtbot, panel.form.reset)
    control = row.editor.widget
    assert isinstance(control, QSpinBox) and control.value() == before
    assert not panel.form.reset.isEnabled()


def test_that_a_value_typed_back_counts_as_unchanged(qtbot: QtBot, panel: ModelPanel) -> None:
    row = panel.form.row("training.learning_rate")
    same = repr(panel.draft.value("training.learning_rate"))
    type_into(qtbot, row, "0.5")
    type_into(qtbot, row, same)
    assert panel.form.groups[0].heading.text() == "Settings"


def test_that_a_preset_replaces_every_setting(panel: ModelPanel) -> None:
    choose(panel.chooser.preset, "translate-en-fr")
    assert panel.draft.config == load_preset("translate-en-fr")
    heads = panel.form.row("model.heads").editor.widget
    assert isinstance(heads, QSpinBox)
    assert heads.value() == load_preset("translate-en-fr").model.heads


def test_that_another_task_says_what_attention_has_to_learn(panel: ModelPanel) -> None:
    choose(panel.chooser.task, "pairs")
    assert "translates" in panel.chooser.lesson.text()
    assert panel.draft.value("task.name") == "pairs"
    assert panel.chooser.file.text() == "no file yet"


def test_that_another_task_keeps_what_was_changed(qtbot: QtBot, panel: ModelPanel) -> None:
    type_into(qtbot, panel.form.row("training.steps"), "77")
    choose(panel.chooser.task, "sort")
    assert panel.draft.config is not None
    assert panel.draft.config.task.name == "sort" and panel.draft.config.training.steps == 77
    assert panel.draft.config.title == ""


def test_that_own_data_becomes_the_task_with_an_architecture_that_fits(panel: ModelPanel) -> None:
    panel.learn_from({"task.name": "text", "task.file": "/mine/book.txt", "task.lowercase": True})
    config = panel.draft.config
    assert config is not None and config.task.file == "/mine/book.txt" and config.task.lowercase
    assert config.model.architecture == "decoder-only"
    assert panel.chooser.file.text() == "book.txt"


def test_that_own_data_takes_the_preset_of_its_task_while_nothing_was_changed(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    pairs = load_preset("pairs")
    panel.learn_from({"task.name": "pairs", "task.file": "/mine/a.tsv"})
    assert panel.draft.config is not None
    assert panel.draft.config.training == pairs.training != load_preset("reverse").training
    choose(panel.chooser.task, "reverse")
    type_into(qtbot, panel.form.row("training.steps"), "77")
    panel.learn_from({"task.name": "pairs", "task.file": "/mine/b.tsv"})
    assert panel.draft.config.training.steps == 77


def test_that_a_context_longer_than_the_model_reads_is_cut_for_own_text(panel: ModelPanel) -> None:
    panel.draft.give({"model.max_length": 32})
    panel.learn_from({"task.name": "text", "task.file": "/mine/book.txt"})
    assert panel.draft.value("task.context") == 32


def test_that_the_button_beside_the_corpus_asks_for_data(qtbot: QtBot, panel: ModelPanel) -> None:
    with qtbot.waitSignal(panel.data_asked):
        click(qtbot, panel.chooser.corpus)


def test_that_step_without_a_run_begins_a_paused_one(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    click(qtbot, panel.run.buttons.step_button)
    config = load_preset("reverse")
    assert asked == [commands.StartTraining(config, paused=True), commands.StepTraining()]


def test_that_step_continues_a_paused_run(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    panel.receive([changed("running"), changed("paused", 10)])
    click(qtbot, panel.run.buttons.step_button)
    assert asked == [commands.StepTraining()]


def test_that_the_buttons_ask_for_what_the_state_allows(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    buttons = panel.run.buttons
    assert not buttons.pause_button.isEnabled() and not buttons.stop_button.isEnabled()
    panel.receive([changed("running")])
    assert not buttons.step_button.isEnabled()
    click(qtbot, buttons.pause_button)
    panel.receive([changed("paused", 10)])
    click(qtbot, buttons.pause_button)
    panel.receive([changed("running", 10)])
    click(qtbot, buttons.stop_button)
    panel.receive([changed("stopped", 12)])
    click(qtbot, buttons.pause_button)
    assert asked == [
        commands.PauseTraining(),
        commands.ResumeTraining(),
        commands.StopTraining(),
        commands.ResumeTraining(),
    ]
    assert not buttons.stop_button.isEnabled()


def test_that_train_is_asked_once_until_it_is_answered(
    panel: ModelPanel, asked: list[commands.Command]
) -> None:
    panel.train()
    panel.train()
    assert len(asked) == 1
    panel.receive([model(started(asked)), changed("running")])
    panel.train()
    assert len(asked) == 2


def test_that_a_failed_start_is_said_and_can_be_tried_again(
    panel: ModelPanel, asked: list[commands.Command]
) -> None:
    panel.train()
    panel.receive([events.Failed("training", "corpus.tsv, line 3: no tab")])
    assert panel.notice.text() == "corpus.tsv, line 3: no tab" and panel.notice.isVisible()
    assert panel.run.buttons.train_button.isEnabled()
    panel.train()
    assert len(asked) == 2 and panel.notice.isHidden()


def test_that_a_failure_about_a_sentence_is_none_of_its_business(panel: ModelPanel) -> None:
    panel.receive([events.Failed("sentence", "too long")])
    assert panel.notice.isHidden()


def test_that_an_opened_model_fills_the_form_and_the_facts(panel: ModelPanel) -> None:
    config = with_values(load_preset("reverse"), {"model.heads": 2, "training.steps": 600})
    panel.receive([events.EngineReady("CPU", "two threads"), model(config, 300)])
    assert panel.draft.config == config and panel.draft.changed == frozenset()
    assert panel.chooser.preset.currentText() == "As in a run"
    facts = panel.run.facts
    assert facts.value("Device") == "CPU · float32"
    assert facts.value("Architecture") == "Encoder–decoder 1+1"
    assert facts.value("Parameters") == "1,234,567"
    assert facts.value("Vocabulary") == "48 tokens"
    assert facts.value("Step") == "300 of 600"
    assert panel.run.folder == "/runs/a run"


def test_that_the_form_can_return_from_a_preset_to_the_opened_model(panel: ModelPanel) -> None:
    config = with_values(load_preset("reverse"), {"model.heads": 2})
    panel.receive([model(config)])
    choose(panel.chooser.preset, "translate-en-fr")
    choose(panel.chooser.preset, "")
    assert panel.draft.config == config


def test_that_a_run_that_begins_keeps_what_is_typed_meanwhile(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    panel.train()
    type_into(qtbot, panel.form.row("training.steps"), "77")
    panel.receive([model(started(asked)), changed("running")])
    assert panel.draft.value("training.steps") == 77


def test_that_going_on_with_the_opened_run_keeps_what_was_typed(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    config = with_values(load_preset("reverse"), {"model.heads": 2})
    panel.receive([model(config)])
    type_into(qtbot, panel.form.row("training.steps"), "77")
    panel.receive([model(config), changed("running")])
    assert panel.draft.value("training.steps") == 77


def test_that_the_end_of_the_run_before_does_not_look_like_the_answer(
    panel: ModelPanel, asked: list[commands.Command]
) -> None:
    panel.receive([changed("running")])
    panel.train()
    panel.receive([changed("stopped", 12)])
    assert not panel.run.buttons.train_button.isEnabled()
    panel.receive([model(started(asked)), changed("running")])
    assert panel.run.state == "running"


def test_that_tab_leads_through_the_panel_from_top_to_bottom(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    panel.chooser.task.setFocus()
    order = [panel.chooser.corpus, panel.chooser.preset, panel.run.buttons.train_button]
    for widget in order:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert widget.hasFocus()


def test_that_an_opened_run_can_be_resumed_until_its_last_step(
    qtbot: QtBot, panel: ModelPanel, asked: list[commands.Command]
) -> None:
    import numpy as np

    empty = np.empty(0, np.float32)
    history = History(np.empty(0, np.int64), empty, empty)
    config = load_preset("reverse")
    panel.receive([model(config, config.training.steps, history)])
    assert not panel.run.buttons.pause_button.isEnabled()
    panel.receive([model(config, 10, history)])
    click(qtbot, panel.run.buttons.pause_button)
    assert asked == [commands.ResumeTraining()]


def test_that_figures_follow_the_run(qtbot: QtBot, panel: ModelPanel) -> None:
    facts = panel.run.facts
    panel.receive([changed("running"), step(100, 1.0)])
    qtbot.waitUntil(lambda: facts.value("Step") == "100 of 2,000")
    assert facts.value("Time left") == "–"
    panel.receive([step(200, 2.0)])
    qtbot.waitUntil(lambda: facts.value("Time left") == "0:18")
    assert facts.value("Tokens/s") == "41.2 k"


def test_that_figures_of_a_hidden_panel_wait_until_it_is_shown(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    panel.receive([changed("running")])
    panel.hide()
    panel.receive([step(100, 1.0)])
    assert not panel.run._timer.isActive()
    assert panel.run.facts.value("Step") == "0 of 2,000"
    panel.show()
    assert panel.run.facts.value("Step") == "100 of 2,000"


def test_that_nothing_moves_when_figures_change(qtbot: QtBot, panel: ModelPanel) -> None:
    places = [w.geometry() for w in (panel.chooser, panel.run, panel.form)]
    panel.receive([model(load_preset("reverse")), changed("running"), step(1999, 9999.0)])
    panel.run._show_newest()
    QApplication.processEvents()
    assert [w.geometry() for w in (panel.chooser, panel.run, panel.form)] == places


def test_that_the_folder_can_be_copied(qtbot: QtBot, panel: ModelPanel) -> None:
    assert not panel.run.copy_button.isEnabled()
    panel.receive([changed("running")])
    click(qtbot, panel.run.copy_button)
    assert QGuiApplication.clipboard().text() == "/runs/a run"


def test_that_the_wheel_over_a_number_scrolls_and_does_not_change_it(
    qtbot: QtBot, panel: ModelPanel
) -> None:
    panel.setFocus()
    control = panel.form.row("training.steps").editor.widget
    assert isinstance(control, QSpinBox) and not control.hasFocus()
    before = control.value()
    spot = QPointF(20, 10)
    wheel = QWheelEvent(
        spot, control.mapToGlobal(spot), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(control, wheel)
    assert control.value() == before


def test_that_the_arrows_of_a_size_double_it(qtbot: QtBot, panel: ModelPanel) -> None:
    control = panel.form.row("model.width").editor.widget
    assert isinstance(control, QSpinBox)
    before = control.value()
    control.setFocus()
    qtbot.keyClick(control, Qt.Key.Key_Up)
    assert control.value() == 2 * before
    assert panel.draft.value("model.width") == 2 * before


def test_that_the_link_in_the_reason_leads_to_the_setting(qtbot: QtBot, panel: ModelPanel) -> None:
    type_into(qtbot, panel.form.row("model.heads"), "3")
    panel.setFocus()
    panel.run.reason.linkActivated.emit("model.heads")
    focus = panel.form.row("model.heads").editor.widget
    qtbot.waitUntil(focus.hasFocus)
