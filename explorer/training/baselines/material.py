"""What baselines are made from and measured on, as plain numbers that a child process can be sent.

A row of `sources` is the token ids that an example reads, or its frames; a row of `targets` the
tokens that are due, without the end token, which costs these methods nothing where the length of
the answer is known.
"""

import dataclasses
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.messages.tasks import Form

Row = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows that belong together: what is read, and what is due."""

    sources: Sequence[Row]
    targets: Sequence[Row]

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, slots=True)
class Material:
    """A bounded sample of a run's training data, and the very tokens that its evaluation measures.

    `vocabulary` counts the target's tokens and `end` is the end token where it is due. `joint`
    says that labels are said one after another, each knowing those before it. In running text each
    held-out row is a window whose first `skip` tokens are only read. `sample` says in words how
    much of the training data this is.
    """

    form: Form
    vocabulary: int
    end: int | None
    joint: bool
    skip: int
    same_words: bool
    sample: str
    train: Examples
    held_out: Examples

    @property
    def ended(self) -> "Material":
        """The same with the end token after each target, where it is due."""
        if self.end is None:
            return self
        train, held_out = (_with_end(part, self.end) for part in (self.train, self.held_out))
        return dataclasses.replace(self, end=None, train=train, held_out=held_out)


def _with_end(examples: Examples, end: int) -> Examples:
    return Examples(examples.sources, [np.append(row, end) for row in examples.targets])


_PLAIN = ("form", "vocabulary", "joint", "skip", "same_words", "sample")


def packed(material: Material) -> bytes:
    """The material as bytes (numpy's own format, nothing pickled)."""
    arrays: dict[str, Any] = {name: np.array(getattr(material, name)) for name in _PLAIN}
    arrays["end"] = np.array(-1 if material.end is None else material.end)
    for part in ("train", "held_out"):
        examples: Examples = getattr(material, part)
        for name, rows in (("sources", examples.sources), ("targets", examples.targets)):
            arrays[f"{part}_{name}"] = np.concatenate(rows) if len(rows) else np.empty(0, np.int64)
            arrays[f"{part}_{name}_lengths"] = np.array([len(row) for row in rows], np.int64)
    made = io.BytesIO()
    np.savez(made, **arrays)
    return made.getvalue()


def unpacked(data: bytes) -> Material:
    """The material from its bytes."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        plain = {name: arrays[name].item() for name in _PLAIN}
        end = arrays["end"].item()
        train, held_out = (
            Examples(_rows(arrays, f"{part}_sources"), _rows(arrays, f"{part}_targets"))
            for part in ("train", "held_out")
        )
    return Material(**plain, end=None if end < 0 else end, train=train, held_out=held_out)


def _rows(arrays: Mapping[str, Row], name: str) -> list[Row]:
    lengths = arrays[f"{name}_lengths"]
    return np.split(arrays[name], np.cumsum(lengths)[:-1]) if len(lengths) else []
