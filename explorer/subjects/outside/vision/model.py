"""A model of patches that is asked as our own encoders are. Axes: B batch, Y row, X column."""

from typing import Any

import torch
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.messages.results import Site, SiteKind
from explorer.subjects.outside.attention import OutsideAttention
from explorer.subjects.outside.discovery import discover
from explorer.subjects.outside.labels import Says
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.outside.vision.pictures import Grid

COLOURS = 3


class PictureModel(OutsideModel):
    """Reads B×3Y×X: the three colours of a picture one below the other, as rows of frames."""

    def __init__(
        self, inner: Any, config: ModelConfig, *, high: int, wide: int, says: Says | None
    ) -> None:
        super().__init__(inner, config, says=says)
        self.high, self.wide = high, wide

    def _trial(self) -> tuple[Tensor | None, Tensor | None]:
        return torch.zeros(1, COLOURS * self.high, self.wide, device=self.device), None

    def _find(self, trial: tuple[Tensor | None, Tensor | None]) -> dict[Site, OutsideAttention]:
        return discover(self.inner, lambda: self.hidden(*trial), alone=SiteKind.ENCODER)

    def hidden(self, source: Tensor | None, target_BT: Tensor | None) -> Tensor:
        """B×P×M of the last layer, its first tokens included."""
        given = self._inputs(source, target_BT)
        return self._run(self.inner.base_model, given).last_hidden_state

    def _inputs(self, source: Tensor | None, target_BT: Tensor | None) -> dict[str, Any]:
        assert source is not None
        picture_BCYX = source.unflatten(1, (COLOURS, -1))
        return {"pixel_values": picture_BCYX.to(self.inner.dtype)}

    @torch.no_grad()
    def grid(self, patch: int) -> Grid | None:
        """How its tokens lie, by the length of its output; None: not on patches of this size."""
        rows, columns = self.high // patch, self.wide // patch
        before = self.hidden(*self._trial()).shape[1] - rows * columns
        return Grid(before, rows, columns) if before >= 0 else None
