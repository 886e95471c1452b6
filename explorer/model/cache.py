"""What decoding remembers.

Axes: B batch, G key–value head, K key position, C room for positions, D head width.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from explorer.model.looks import Look
from explorer.model.mask import EVERYTHING, Mask

_SMALLEST = 16
"""Positions that there is room for at first."""


@dataclass(slots=True)
class _Room:
    """Keys and values, `used` positions of them written.

    The first `first` positions stand at their own places; those after, `shift` places earlier,
    since so many between have been forgotten.
    """

    key_BGCD: Tensor
    value_BGCD: Tensor
    used: int
    first: int = 0
    shift: int = 0


class KeyValueCache:
    """Keys and values of past positions, so that a step of decoding costs one token's work.

    Room is taken ahead and doubled when it is full. Caches of several branches share it: whoever
    stands at its end writes on in place, any other copies what it has first. So no cache ever sees
    what another wrote. Keys and values are held without gradients.
    """

    def __init__(self, reach: Callable[[int], Look] | None = None) -> None:
        """With `reach`, what no query at a length or after it looks at is forgotten."""
        self.length = 0
        self._reach = reach
        self._room: _Room | None = None

    @classmethod
    def of(cls, key_BGKD: Tensor, value_BGKD: Tensor) -> "KeyValueCache":
        """A cache of these, which are not copied and not added to."""
        made = cls()
        made.length = key_BGKD.shape[2]
        made._room = _Room(key_BGKD.detach(), value_BGKD.detach(), made.length)
        return made

    @property
    def held(self) -> int:
        """Positions that are held, of `length` that were read."""
        return 0 if self._room is None else self.length - self._room.shift

    def extend(
        self, key_BGKD: Tensor, value_BGKD: Tensor, look: Look | None = None
    ) -> tuple[Tensor, Tensor]:
        """Append new positions and give back all, or those that `look` names."""
        count = key_BGKD.shape[2]
        room = self._with_room(key_BGKD, value_BGKD)
        at = self.length - room.shift
        with_gradients = key_BGKD.requires_grad
        room.key_BGCD.narrow(2, at, count).copy_(key_BGKD.detach() if with_gradients else key_BGKD)
        room.value_BGCD.narrow(2, at, count).copy_(
            value_BGKD.detach() if with_gradients else value_BGKD
        )
        self.length += count
        room.used = self.length
        return self.view(look)

    def view(self, look: Look | None = None) -> tuple[Tensor, Tensor]:
        """Keys and values, B×G×K×D each: all, or those that `look` names."""
        room = self._room
        assert room is not None
        key_BGKD = _seen(room, room.key_BGCD, self.length, look)
        return key_BGKD, _seen(room, room.value_BGCD, self.length, look)

    def at(self, length: int) -> "KeyValueCache":
        """The cache as it was at an earlier length; nothing is copied.

        Raises `ValueError` where what it had then has been forgotten.
        """
        made = KeyValueCache(self._reach)
        made.length, made._room = length, self._room
        if self._room is not None and self._room.shift and length < self.length:
            raise ValueError("This cache forgets what is out of reach, and cannot go back.")
        return made

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order; they may be named several times."""
        room = self._room
        if room is None or (len(rows) == 1 and room.key_BGCD.shape[0] == 1):
            return
        self._room = _Room(
            _rows(room.key_BGCD, rows), _rows(room.value_BGCD, rows), self.length,
            room.first, room.shift,
        )  # fmt: skip

    def _with_room(self, key_BGKD: Tensor, value_BGKD: Tensor) -> _Room:
        """The room to write new positions to, which nobody else writes to."""
        room, count = self._room, key_BGKD.shape[2]
        if room is not None and room.used == self.length:
            fits = self.length - room.shift + count <= room.key_BGCD.shape[2]
            if fits and room.key_BGCD.stride(0):  # Rows that share their memory cannot differ.
                return room
        self._room = self._moved(key_BGKD, value_BGKD)
        return self._room

    def _moved(self, key_BGKD: Tensor, value_BGKD: Tensor) -> _Room:
        """A room at least half of which is free, with what is still worth keeping."""
        count, kept = key_BGKD.shape[2], Look(0, 0, self.length)
        if self._reach is not None and self.length:
            kept = self._reach(self.length).solid(self.length)
        needed = len(kept) + count
        size = max(_SMALLEST, 2 * needed)
        made = _Room(
            _empty(key_BGKD, size), _empty(value_BGKD, size), self.length, kept.first, kept.gap
        )
        if self._room is not None:
            old_key, old_value = self.view(kept)
            made.key_BGCD.narrow(2, 0, len(kept)).copy_(old_key)
            made.value_BGCD.narrow(2, 0, len(kept)).copy_(old_value)
        return made


def _empty(like_BGKD: Tensor, size: int) -> Tensor:
    batch, groups, _, width = like_BGKD.shape
    return torch.empty(batch, groups, size, width, dtype=like_BGKD.dtype, device=like_BGKD.device)


def _seen(room: _Room, tensor_BGCD: Tensor, length: int, look: Look | None) -> Tensor:
    if look is None:
        whole = tensor_BGCD.shape[2] == length
        return tensor_BGCD if whole else tensor_BGCD.narrow(2, 0, length)
    start, stop = look.start - room.shift, look.stop - room.shift
    stretch = tensor_BGCD[:, :, start : stop : look.step]
    if not look.first:
        return stretch
    return torch.cat([tensor_BGCD[:, :, : look.first], stretch], dim=2)


def _rows(tensor_BGCD: Tensor, rows: Tensor) -> Tensor:
    """Rows that are all the same share their memory."""
    if tensor_BGCD.shape[0] == 1 or not tensor_BGCD.stride(0):
        return tensor_BGCD[:1].expand(len(rows), -1, -1, -1)
    return tensor_BGCD.index_select(0, rows)


Plan = tuple[Callable[[Tensor, "DecoderState", Mask], Tensor], Sequence[object]]
"""A step of the decoder laid out (see `quick`), and the hooks that keep it from being taken."""


@dataclass(slots=True)
class DecoderState:
    """The source's projections for each layer (none for a decoder alone) and every layer's past."""

    past: list[KeyValueCache]
    source: list[KeyValueCache] = field(default_factory=list)
    source_mask: Mask = EVERYTHING
    plan: Plan | None = None

    @property
    def length(self) -> int:
        """Target positions read so far."""
        return self.past[0].length

    def at(self, length: int) -> "DecoderState":
        """The state as it was at a length up to this one: a branch of its own, free to go on.

        Nothing is computed, and nothing copied before it writes. Raises `ValueError` for a length
        that this state has not reached, or one that it has forgotten.
        """
        if not 0 <= length <= self.length:
            raise ValueError(f"length: 0 to {self.length} tokens have been read, not {length}")
        past = [cache.at(length) for cache in self.past]
        source = [cache.at(cache.length) for cache in self.source]
        return DecoderState(past, source, self.source_mask, self.plan)

    def keep(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order; they may be named several times.

        The rows of a single source share its keys and values, however many they are.
        """
        self.source_mask = self.source_mask.keep(rows)
        for cache in (*self.source, *self.past):
            cache.keep(rows)
