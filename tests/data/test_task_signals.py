"""Pictures and sounds: what is in them is found by means of other fields."""

import numpy as np
import pytest

from explorer.data.tasks import TASKS
from explorer.data.tasks.shapes import PATCH, SHAPES, SIDE, Shapes
from explorer.data.tasks.tones import COLUMNS, HOP, KEYS, RATE, ROWS, Tones, _sound
from explorer.messages.config import TaskConfig


def pixels(line: str) -> np.ndarray:
    """The picture put together again from its patches."""
    across = SIDE // PATCH
    patches = Shapes().frames(line).reshape(across, across, PATCH, PATCH)
    return patches.swapaxes(1, 2).reshape(SIDE, SIDE)


def test_that_frames_have_the_promised_size_and_range() -> None:
    for name in ("shapes", "tones"):
        task = TASKS[name]
        assert isinstance(task, Shapes | Tones)
        chance = np.random.default_rng(3)
        for _ in range(100):
            line = task.example(chance, TaskConfig(name="copy")).source
            frames = task.frames(line)
            assert frames.dtype == np.float32 and frames.shape[1] == task.features
            assert len(task.names(line)) == len(frames)
            assert frames.min() > -4 and frames.max() < 4
            assert np.array_equal(frames, task.frames(line))  # The line says everything.


@pytest.mark.parametrize("name", ["shapes", "tones"])
def test_that_a_picture_s_boxes_hold_the_frames(name: str) -> None:
    task = TASKS[name]
    assert isinstance(task, Shapes | Tones)
    line = "ring r=8 noise=0" if name == "shapes" else "5 5 1 noise=0"
    picture, frames = task.picture(line), task.frames(line)
    assert picture.values.dtype == np.float32
    assert picture.values.min() >= 0 and picture.values.max() <= 1
    assert len(picture.boxes) == len(frames)
    for frame, (left, top, width, height) in zip(frames, picture.boxes, strict=True):
        part = picture.values[top : top + height, left : left + width]
        seen = np.clip((frame + 1) / 2, 0, 1)
        wanted = seen.reshape(PATCH, PATCH) if name == "shapes" else seen[::-1, None]
        assert np.allclose(part, wanted)


def test_that_shapes_look_different_in_every_pair() -> None:
    drawn = {name: pixels(f"{name} r=9 noise=0") for name in SHAPES}
    for one in drawn:
        for other in drawn:
            if one < other:
                assert np.mean(np.abs(drawn[one] - drawn[other]) > 1) > 0.05, (one, other)


def test_that_a_shape_moves_and_grows_as_its_line_says() -> None:
    inside = pixels("circle x=8 y=15 r=6 noise=0") > 0
    rows, columns = np.nonzero(inside)
    assert abs(columns.mean() + 0.5 - 8) < 0.2 and abs(rows.mean() + 0.5 - 15) < 0.2
    assert abs(inside.sum() - np.pi * 36) < 8
    assert (pixels("ring x=8 y=15 r=6 noise=0")[14:16, 7:9] < 0).all()


def test_that_noise_is_as_strong_as_its_line_says() -> None:
    clean = pixels("square noise=0")
    for noise in (1, 4):
        spread = np.std(pixels(f"square noise={noise} seed=5") - clean)
        assert abs(spread - 0.15 * noise) < 0.02 * noise
    assert not np.array_equal(pixels("square seed=1"), pixels("square seed=2"))


def strength(samples: np.ndarray, hertz: int) -> float:
    """How much of a pitch is in a sound (Goertzel's algorithm)."""
    turn = 2 * np.cos(2 * np.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return last * last + before * before - turn * last * before


def heard(samples: np.ndarray) -> str:
    """The keys in a clean sound: stretches that are loud, and the two pitches of each."""
    loud = np.convolve(np.abs(samples), np.ones(40) / 40, "same") > 0.3
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    keys = ""
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        part = samples[start:end]
        row = int(np.argmax([strength(part, hertz) for hertz in ROWS]))
        column = int(np.argmax([strength(part, hertz) for hertz in COLUMNS]))
        keys += KEYS[3 * row + column]
    return keys


def test_that_the_keys_can_be_heard_by_goertzel_s_algorithm() -> None:
    chance = np.random.default_rng(4)
    config = TaskConfig(name="copy", min_length=1, max_length=6)
    for _ in range(40):
        pair = Tones().example(chance, config)
        line = pair.source.split(" noise=")[0] + " noise=0 " + pair.source.split()[-1]
        assert " ".join(heard(_sound(line))) == pair.target


def test_that_a_frame_shows_the_pitches_of_its_key() -> None:
    frames = Tones().frames("8 noise=0 seed=3")
    loudest = frames[int(np.argmax(frames.sum(axis=1)))]
    hertz = (np.argsort(loudest)[::-1][:4] + 19) * RATE / 128
    assert min(abs(hertz - 852)) < 20 and min(abs(hertz - 1336)) < 20
    seconds = [float(name.removesuffix(" s")) for name in Tones().names("8 noise=0 seed=3")]
    assert np.allclose(np.diff(seconds), HOP / RATE, atol=0.011)


@pytest.mark.parametrize("line", ["5519", "5 5 1 9", "55 19", " 5 5 1 9 "])
def test_that_digits_may_be_typed_in_any_way(line: str) -> None:
    assert np.array_equal(Tones().frames(line), Tones().frames("5 5 1 9 noise=1 seed=0"))


@pytest.mark.parametrize(
    ("task", "line", "words"),
    [
        (Shapes(), "", "stands for no picture"),
        (Shapes(), "elephant x=3", "circle, ring, square"),
        (Shapes(), "ring ring", "stands for no picture"),
        (Shapes(), "ring r=0", "r is a whole number from 2 to 24, not '0'"),
        (Shapes(), "ring size=4", "no 'size' to set; choose x, y, r"),
        (Tones(), "", "nothing to dial"),
        (Tones(), "noise=2", "nothing to dial"),
        (Tones(), "5 x 3", "'x' is no key of a telephone"),
        (Tones(), "5 noise=loud", "noise is a whole number from 0 to 9"),
        (Tones(), "5" * 65, "at most 64"),
    ],
)
def test_that_a_line_that_stands_for_nothing_is_answered_in_words(
    task: Shapes | Tones, line: str, words: str
) -> None:
    for ask in (task.frames, task.picture):
        with pytest.raises(ValueError, match=words):
            ask(line)
