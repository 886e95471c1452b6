"""What can be opened: by dialog, by dropping it on the window, and again from the menu."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData, QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.messages.events import Event, ModelOpened, TrainingChanged
from explorer.resources import sample_models

Kind = Literal["model", "corpus"]
_RECENT_KEY = "files/recent"
_MOST_RECENT = 8
_MODEL_FILTER = "Runs and checkpoints (run.toml *.safetensors)"
_CORPUS_FILTER = "Sentence pairs (*.tsv *.txt *.tsv.gz *.txt.gz);;All files (*)"


def kind_of(path: Path) -> Kind | None:
    """What a dropped file or folder is to us; None for what we cannot open."""
    if path.is_dir() or path.name == "run.toml" or path.suffix == ".safetensors":
        return "model"
    suffixes = [s for s in path.suffixes if s != ".gz"]
    return "corpus" if suffixes and suffixes[-1] in (".tsv", ".txt") else None


def reference(path: Path) -> str:
    """How the worker is told of a model at this path."""
    return str(path.parent if path.name == "run.toml" else path)


def dropped(data: QMimeData) -> tuple[Kind, Path] | None:
    """The one thing in a drag that we can open."""
    for url in data.urls():
        path = Path(url.toLocalFile())
        kind = kind_of(path) if url.isLocalFile() else None
        if kind is not None:
            return kind, path
    return None


def ask(parent: QWidget, kind: Kind, chosen: Callable[[Path], None]) -> None:
    """Let the user choose a file; the window stays alive meanwhile."""
    what = "Open model or run" if kind == "model" else "Open corpus"
    files = _MODEL_FILTER if kind == "model" else _CORPUS_FILTER
    dialog = QFileDialog(parent, what, "", files)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


class Recent:
    """The runs of late, newest first, kept in the settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Those that still exist."""
        kept = self._settings.value(_RECENT_KEY, [])
        names = kept if isinstance(kept, list) else [kept]
        return [Path(name) for name in names if isinstance(name, str) and Path(name).exists()]

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
