"""What can be opened: by dialog, by dropping it on the window, and again from the menu."""

import mimetypes
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData, QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.messages.events import Event, ModelOpened, TrainingChanged
from explorer.resources import sample_models
from explorer.ui.desk_file import is_desk_file
from explorer.ui.runs.run_file import is_run_file

Kind = Literal["model", "data", "folder", "followed", "session", "exported", "picture", "run file"]
_RECENT_KEY = "files/recent"
_MOST_RECENT = 8
PICTURES = (".png", ".jpg", ".jpeg")
_MODEL_FILTER = "Runs, checkpoints, models (run.toml config.json *.safetensors)"
_DATA_FILTER = (
    "Texts and tables (*.txt *.tsv *.csv *.jsonl *.ndjson *.json *.md *.txt.gz *.tsv.gz *.csv.gz "
    "*.jsonl.gz);;All files (*)"
)
_FILTERS: dict[Kind, str] = {
    "model": _MODEL_FILTER, "data": _DATA_FILTER, "picture": "Pictures (*.png *.jpg *.jpeg)",
}  # fmt: skip
_TITLES: dict[Kind, str] = {
    "model": "Open model or run", "data": "Open data", "folder": "Open a folder of texts",
    "followed": "Follow a run: choose its folder", "session": "Open session",
    "exported": "Export model for transformers: name a new folder", "picture": "Look at a picture",
}  # fmt: skip


def kind_of(path: Path) -> Kind | None:
    """What a dropped file or folder is to us; None for what we cannot open, such as archives."""
    if path.is_dir():
        return "model" if _is_model(path) or not any(path.iterdir()) else "folder"
    if is_desk_file(path.name):
        return "session"
    if is_run_file(path.name):
        return "run file"
    if path.name == "run.toml" or path.suffix == ".safetensors":
        return "model"
    if path.suffix.lower() in PICTURES:
        return "picture"
    guess, packed = mimetypes.guess_type(path.name)
    sort = (guess or "text/").partition("/")[0]
    fits = sort in ("text", "application") and guess not in _NO_TEXT
    return "data" if fits and packed in (None, "gzip") else None


_NO_TEXT = ("application/zip", "application/pdf", "application/x-tar")


def _is_model(folder: Path) -> bool:
    """Whether a folder is a run, a checkpoint or a pre-trained model."""
    return (folder / "run.toml").exists() or any(folder.glob("*.safetensors"))


def reference(path: Path) -> str:
    """How the worker is told of a model at this path."""
    return str(path.parent if path.name == "run.toml" else path)


def dropped(data: QMimeData) -> tuple[Kind, list[Path]] | None:
    """The one thing in a drag that we can open, or the two files of data that belong together."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    known: list[tuple[Kind, Path]] = []
    for path in paths:
        if (kind := kind_of(path)) is not None:
            known.append((kind, path))
    if not known:
        return None
    kind, first = known[0]
    files = [path for other, path in known if other == "data"]
    return (kind, files[:2]) if kind == "data" else (kind, [first])


def ask(parent: QWidget, kind: Kind, chosen: Callable[[list[Path]], None]) -> None:
    """Let the user choose a file, two of data, or a folder; the window stays alive meanwhile."""
    dialog = QFileDialog(parent, _TITLES[kind], "")
    mode = QFileDialog.FileMode
    modes = {
        "model": mode.ExistingFile, "data": mode.ExistingFiles, "folder": mode.Directory,
        "followed": mode.Directory, "session": mode.ExistingFile, "exported": mode.AnyFile,
        "picture": mode.ExistingFile,
    }  # fmt: skip
    dialog.setFileMode(modes[kind])
    if kind == "exported":
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if kind in _FILTERS:
        dialog.setNameFilters(_FILTERS[kind].split(";;"))
    dialog.filesSelected.connect(lambda names: chosen([Path(name) for name in names[:2]]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _exists(name: str) -> bool:
    """Whether the file is there; behind a question mark stand answers to what it asked."""
    return Path(name.partition("?")[0]).exists()


class Recent:
    """The runs of late, newest first, kept in the settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Those that still exist."""
        kept = self._settings.value(_RECENT_KEY, [])
        names = kept if isinstance(kept, list) else [kept]
        return [Path(name) for name in names if isinstance(name, str) and _exists(name)]

    def receive(self, events: Sequence[Event]) -> None:
        """Remember each run that is opened or made; samples are in the menu anyhow."""
        for event in events:
            if isinstance(event, ModelOpened):
                self._add(event.model.origin)
            elif isinstance(event, TrainingChanged):
                self._add(event.folder)

    def _add(self, place: str) -> None:
        path = Path(place)
        if not place or not path.is_absolute() or path in sample_models().values():
            return
        known = [str(other) for other in self.paths() if other != path]
        self._settings.setValue(_RECENT_KEY, [str(path), *known][:_MOST_RECENT])
