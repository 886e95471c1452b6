"""Films of attention over training, made in the window."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.inspection.timeline import Asked, whole_timeline
from explorer.messages.results import Trace
from explorer.messages.shown import Shown
from explorer.runs.folder import RunFolder
from explorer.runs.moments import moments
from explorer.ui.attention.map_view import MapView
from explorer.ui.attention.view import View
from explorer.ui.travel.film_dialog import FilmDialog
from explorer.ui.widgets.head_selection import HeadSelection
from tests.small import begin, finish, open_again

imageio = pytest.importorskip("imageio.v3")


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, ...]:
    folder = tmp_path_factory.mktemp("runs") / "run"
    finish(begin(folder, [], {"training.steps": 6}))
    subject = open_again(folder)
    asked = Asked(subject.source("3 1 4"), subject.target("4 1 3"), "3 1 4", "4 1 3", False)
    return whole_timeline(subject, moments(RunFolder(folder)), asked).traces()


@pytest.fixture
def view(qtbot: QtBot, traces: tuple[Trace, ...]) -> Iterator[View]:
    selection = HeadSelection()
    selection.reopen(traces[-1].weights)
    made = MapView(selection)
    qtbot.addWidget(made)
    made.show_attention(Shown(traces[-1]))
    yield made


@pytest.mark.parametrize("ending", [".gif", ".webp", ".mp4"])
def test_that_a_film_has_a_frame_for_each_step_that_is_kept(
    ending: str, qtbot: QtBot, view: View, traces: tuple[Trace, ...], tmp_path: Path
) -> None:
    if ending == ".mp4":
        pytest.importorskip("imageio_ffmpeg")
    dialog = FilmDialog(traces, view)
    qtbot.addWidget(dialog)
    dialog.show()
    path = tmp_path / f"film{ending}"
    with qtbot.waitSignal(dialog.saved, timeout=60_000):
        dialog.save_to(path)
    assert not list(tmp_path.glob(".*")), "nothing is left beside it"
    if ending == ".mp4":
        from imageio_ffmpeg import count_frames_and_secs

        count, _ = count_frames_and_secs(str(path))
        assert count == len(traces) + 4, "the last one stays a while"
        return
    frames = list(imageio.imiter(path, plugin="pillow"))
    assert len(frames) == len(traces)
    assert {frame.shape[:2] for frame in frames} == {(720, 960)}
    apart = np.abs(frames[0][..., :3].astype(int) - frames[-1][..., :3])
    assert (apart > 20).any(), "attention has changed"


def test_that_what_is_no_film_is_refused_in_words(
    qtbot: QtBot, view: View, traces: tuple[Trace, ...], tmp_path: Path
) -> None:
    dialog = FilmDialog(traces, view)
    qtbot.addWidget(dialog)
    dialog.save_to(tmp_path / "film.avi")
    assert "a film ends in .gif, .webp or .mp4" in dialog.note.text()
    assert dialog.save.isEnabled() and not (tmp_path / "film.avi").exists()


def test_that_a_missing_library_is_named_with_the_line_that_installs_it(
    qtbot: QtBot, view: View, traces: tuple[Trace, ...], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    dialog = FilmDialog(traces, view)
    qtbot.addWidget(dialog)
    dialog.save_to(tmp_path / "film.mp4")
    assert "imageio-ffmpeg: pip install 'attention-explorer[films]'" in dialog.note.text()
