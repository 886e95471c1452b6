"""Dial tones to digits: each digit looks at the frames in which its tone sounds."""

from collections.abc import Iterable
from functools import cache
from typing import ClassVar

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks.description import Description
from explorer.data.tasks.drawing import Drawing
from explorer.messages.config import TaskConfig
from explorer.messages.results import Floats, SignalPicture

RATE = 4000
"""Samples in a second."""
WINDOW, HOP = 128, 80
"""Samples that a frame looks at, and from one frame to the next: 32 and 20 ms."""
LOWEST, FEATURES = 19, 36
"""The first bin of 31.25 Hz that a frame holds, and how many: 594 to 1688 Hz."""
KEYS = "123456789*0#"
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
"""Hertz of the two tones of a key (ITU-T Q.23), by its row and column on the telephone."""
LEVEL = 0.15
"""Deviation of the samples for each step of noise; each tone of the two swings by 1."""
_SETTINGS = {"noise": (0, 9), "seed": (0, 999_999)}
_USUAL = {"noise": 1, "seed": 0}
_LONGEST = 64
"""Digits at most, so that no line takes long to sound."""
_WINDOW_W = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)


class Tones:
    """`5 5 1 9 noise=2 seed=77` stands for the sound of a telephone that dials → `5 5 1 9`.

    The model hears nothing but the sound; the seed decides how long tones and pauses are.
    """

    name: ClassVar[str] = "tones"
    features: ClassVar[int] = FEATURES

    def example(self, chance: np.random.Generator, config: TaskConfig) -> Pair:
        """A number that somebody dials in little or much noise."""
        draw = Drawing(chance)
        length = draw.between(config.min_length, config.max_length)
        keys = " ".join(draw.one(KEYS) for _ in range(min(length, _LONGEST)))
        return Pair(f"{keys} noise={draw.below(5)} seed={draw.below(10_000)}", keys)

    def words(self, config: TaskConfig) -> Iterable[str]:
        """The keys of a telephone."""
        return [" ".join(KEYS)]

    def frames(self, source: str) -> Floats:
        """The logarithm of the spectrum every 20 ms: moments × 36 bins, about −1 to 1.

        Raises `ValueError` in words when the line has no keys of a telephone.
        """
        return _spectrum(_sound(source))

    def names(self, source: str) -> list[str]:
        """The middle of each frame in seconds."""
        count = len(self.frames(source))
        return [f"{(i * HOP + WINDOW / 2) / RATE:.2f} s" for i in range(count)]

    def picture(self, source: str) -> SignalPicture:
        """Time to the right and pitch upwards; each frame is a column."""
        frames_SF = self.frames(source)
        places = np.arange(len(frames_SF))
        ones = np.ones_like(places)
        boxes = np.stack([places, 0 * ones, ones, FEATURES * ones], axis=1).astype(np.int32)
        values = np.clip((frames_SF.T[::-1] + 1) / 2, 0, 1).astype(np.float32)
        return SignalPicture(np.ascontiguousarray(values), boxes, "sound")


def keys_of(line: Description) -> str:
    """The keys that are dialled, with spaces between or without."""
    keys = "".join(line.words)
    strange = [key for key in keys if key not in KEYS]
    if strange or not keys:
        what = f"{strange[0]!r} is no key of a telephone" if strange else "There is nothing to dial"
        raise ValueError(f"{what}. Type digits, * or #, such as “5 5 1 9” or “5519 noise=3”.")
    if len(keys) > _LONGEST:
        raise ValueError(f"{len(keys)} digits are too many to dial; type at most {_LONGEST}.")
    return keys


def _sound(source: str) -> Floats:
    """The samples: pauses of 40 to 100 ms around tones of 60 to 140 ms."""
    line = Description.read(source, _SETTINGS, _USUAL)
    keys = keys_of(line)
    chance = np.random.default_rng(line.values["seed"])
    pauses = chance.integers(RATE * 40 // 1000, RATE * 100 // 1000, len(keys) + 1).tolist()
    lengths = chance.integers(RATE * 60 // 1000, RATE * 140 // 1000, len(keys)).tolist()
    phases = chance.integers(0, RATE // 10, len(keys)).tolist()
    samples = np.zeros(max(WINDOW, sum(pauses) + sum(lengths)), np.float32)
    at = 0
    for key, pause, length, phase in zip(keys, pauses, lengths, phases, strict=False):
        at += pause
        samples[at : at + length] = _tone(key)[phase : phase + length]
        at += length
    if line.values["noise"]:
        noise = chance.standard_normal(len(samples), np.float32)
        samples += noise * np.float32(LEVEL * line.values["noise"])
    return samples


@cache
def _tone(key: str) -> Floats:
    """A quarter of a second of a key's two tones."""
    row, column = divmod(KEYS.index(key), len(COLUMNS))
    turns = 2 * np.pi * np.arange(RATE // 4) / RATE
    return (np.sin(turns * ROWS[row]) + np.sin(turns * COLUMNS[column])).astype(np.float32)


def _spectrum(samples: Floats) -> Floats:
    cuts = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    size = np.abs(np.fft.rfft(cuts * _WINDOW_W)[:, LOWEST : LOWEST + FEATURES])
    # A clean tone reaches 32 in its bin; a hundredth of that counts as silence.
    return (np.log10(size / 32 + 0.01) + 1).astype(np.float32)
