"""The panel where a model is set up and trained: task, preset, every setting, the buttons."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from explorer.messages import commands
from explorer.messages.config import RunConfig, TaskConfig
from explorer.messages.events import Event, Failed, ModelOpened, Remedy, TrainingChanged
from explorer.messages.presets import Preset, all_presets
from explorer.messages.results import ModelInfo
from explorer.messages.settings import SettingsError
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.run_view import RunView
from explorer.ui.widgets.settings_draft import SettingsDraft
from explorer.ui.widgets.settings_form import SettingsForm
from explorer.ui.widgets.task_chooser import TaskChooser, task_info


class ModelPanel(Panel):
    """Settings on their way to a run, and the run's buttons and facts."""

    key = "model"
    title = "Model and training"
    area = Qt.DockWidgetArea.LeftDockWidgetArea
    shortcut = "Ctrl+1"
    data_asked = Signal()
    """A person wants to choose data of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = Notice(self)
        self.chooser = TaskChooser(self)
        self.run = RunView(self)
        self.draft = SettingsDraft(RunConfig())
        self.form = SettingsForm(self.draft, self)
        self._presets: dict[str, RunConfig] = {}
        self._opened: RunConfig | None = None
        self._sent: RunConfig | None = None
        self._arrange()
        self._connect()
        # Presets and lines come after the window is on screen, one in each turn of the event loop.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._fill_on)

    def _arrange(self) -> None:
        page = QWidget()
        page.setObjectName("scrolled")
        column = QVBoxLayout(page)
        edge = theme.SPACE + theme.SPACE // 2
        column.setContentsMargins(edge, theme.SPACE, edge, theme.SPACE)
        column.setSpacing(theme.SPACE + theme.SPACE // 2)
        for part in (self.notice, self.chooser, self.run, self.form):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        scroll.setAccessibleName("Model and training")
        scroll.setAccessibleDescription("Its controls; arrows scroll.")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _connect(self) -> None:
        self.chooser.task_chosen.connect(self._choose_task)
        self.chooser.preset_chosen.connect(self.choose_preset)
        self.chooser.corpus_asked.connect(self.data_asked)
        self.form.edited.connect(self._judge)
        self.notice.chosen.connect(self._go_on_with)
        self.form.applied.connect(self._apply)
        self.run.reason.linkActivated.connect(self._go_to)
        buttons = self.run.buttons
        buttons.train.connect(self.train)
        buttons.step.connect(self.step)
        buttons.pause.connect(lambda: self.requested.emit(commands.PauseTraining()))
        buttons.resume.connect(lambda: self.requested.emit(commands.ResumeTraining()))
        buttons.stop.connect(lambda: self.requested.emit(commands.StopTraining()))

    def showEvent(self, event: QShowEvent) -> None:
        """Fill the form once the panel is on screen."""
        if not any(self.form.rows()):
            self._later.start(0)

    def _fill_on(self) -> None:
        common = self.form.groups[0]
        if not self._presets:
            self._fill()
        elif common.make_rows(2):
            common.open()
            return
        self._later.start(0)

    def _fill(self) -> None:
        """Read the presets; does nothing the second time."""
        if self._presets:
            return
        try:
            presets = all_presets()
        except SettingsError as error:
            self.notice.say(f"The presets cannot be read. {error}")
            presets = (Preset("defaults", RunConfig(title="Defaults")),)
        self._presets = {preset.name: preset.config for preset in presets}
        self.chooser.set_presets(presets)
        first = "reverse" if "reverse" in self._presets else presets[0].name
        self._take(self._presets[first])

    # What the user does

    def train(self) -> None:
        """Start a new run with the form's settings; when they do not fit, show why."""
        self._start(paused=False)

    def step(self) -> None:
        """Take one step of the paused run; without a run, of a new one."""
        state = self.run.state
        begun = state == "paused" or (state != "running" and self._start(paused=True))
        if begun:
            self.requested.emit(commands.StepTraining())

    def _start(self, *, paused: bool) -> bool:
        self._fill()
        config = self.draft.config
        if config is None or self.run.state == "starting":
            self._go_to(next(iter(self.draft.errors), ""))
            return False
        self.notice.clear()
        self._sent = config
        self.run.show_starting()
        self.requested.emit(commands.StartTraining(config, paused=paused))
        return True

    def task_settings(self) -> TaskConfig:
        """What is learned as the form has it; the defaults while something in it does not fit."""
        self._fill()
        config = self.draft.config
        return config.task if config is not None else TaskConfig()

    def learn_from(self, values: Mapping[str, object]) -> None:
        """Take the settings of one's own data, with an architecture that can learn from it.

        As long as nothing was changed by hand, the other settings are those of the task's preset.
        """
        self._fill()
        self.notice.clear()
        task = str(values["task.name"])
        preset = self._preset_of(task)
        if not self.draft.changed and preset and self.draft.value("task.name") != task:
            self.draft.take(self._presets[preset])
        fitting = self._task(task)
        room, context = (self.draft.value(p) for p in ("model.max_length", "task.context"))
        if task == "text" and isinstance(room, int) and isinstance(context, int):
            fitting["task.context"] = min(room, context)
        self._give({**fitting, **values})

    def _go_on_with(self, remedy: Remedy) -> None:
        """Resume the run that failed, with gentler settings."""
        self.requested.emit(commands.ResumeTraining(remedy.values))

    def choose_preset(self, name: str) -> None:
        """Take all settings of a preset; the empty name is the opened model."""
        self._fill()
        config = self._presets.get(name, self._opened)
        if config is not None:
            self._take(config)

    def _choose_task(self, name: str) -> None:
        preset = self._preset_of(name)
        if not self.draft.changed and preset:
            self.choose_preset(preset)
        else:
            self._give(self._task(name))

    def _preset_of(self, task: str) -> str:
        """The preset of a task: the one of its name, or the first that learns it."""
        fitting = [n for n, config in self._presets.items() if config.task.name == task]
        return task if task in self._presets else next(iter(fitting), "")

    def _task(self, name: str) -> dict[str, object]:
        """What to set for a task: with its usual architecture, where the present one cannot."""
        able = task_info(name).architectures
        present = self.draft.value("model.architecture")
        values: dict[str, object] = {"task.name": name}
        return values if present in able else {**values, "model.architecture": able[0]}

    def _apply(self, path: str, value: float) -> None:
        self.requested.emit(commands.ChangeTraining(((path, value),)))

    def _go_to(self, path: str) -> None:
        if path:
            self.form.row(path).editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    # The draft and what is seen of it

    def _take(self, base: RunConfig) -> None:
        self.draft.take(base)
        self._show_draft()

    def _give(self, values: dict[str, object]) -> None:
        self.draft.give(values)
        self._show_draft()

    def _show_draft(self) -> None:
        self.form.refresh()
        names = [name for name, config in self._presets.items() if config == self.draft.base]
        index = self.chooser.preset.findData(names[0] if names else "")
        self.chooser.preset.setCurrentIndex(index)
        self._judge()

    def _judge(self) -> None:
        value = self.draft.value
        self.chooser.show_task(str(value("task.name")), str(value("task.file")))
        self.run.show_errors(self.draft.errors)

    # What the worker says

    def receive(self, events: Sequence[Event]) -> None:
        """Follow the model and the run; messages about them stand on top."""
        for event in events:
            if isinstance(event, ModelOpened):
                self._open(event.model)
            elif isinstance(event, TrainingChanged) and event.state == "running":
                self.notice.clear()
            elif isinstance(event, Failed) and event.about in ("training", "model"):
                self.notice.say(event.message, event.remedies)
        self.run.receive(events)
        if self.form.running.receive(events):
            self.form.judge()

    def _open(self, model: ModelInfo) -> None:
        self._fill()
        self.notice.clear()
        if model.foreign is not None:
            return  # The form is for the next run, whose settings cannot be a foreign model's.
        if model.config == self._sent or model.config == self._opened == self.draft.base:
            return  # It is the one in the form, and what was typed on top stays.
        self._sent, self._opened = None, model.config
        if model.config not in self._presets.values():
            self.chooser.offer_opened(f"As in {model.name}")
        self._take(model.config)
