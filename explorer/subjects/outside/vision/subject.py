"""A model of patches with its processor, as inspection and decoding know a model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, cast

import numpy as np

from explorer.data.coding import Coding
from explorer.messages.foreign import NO_STEP, Foreign
from explorer.model.transformer import Transformer
from explorer.subjects.outside.labels import Labels
from explorer.subjects.outside.vision.model import PictureModel
from explorer.subjects.outside.vision.pictures import Grid, as_seen, read_picture, signal_of
from explorer.subjects.subject import Sentence, SentenceError, Subject


@dataclass(frozen=True, slots=True)
class PictureVocabularies:
    """The classes that are said; nothing is read as words."""

    target: Labels

    @property
    def source(self) -> Labels:
        """The same: what is asked of a vocabulary in general holds for it."""
        return self.target

    @property
    def shared(self) -> bool:
        """One serves both."""
        return True


@dataclass(frozen=True, slots=True)
class PictureCoding:
    """In place of the coding of our own tasks."""

    vocabularies: PictureVocabularies
    form: Literal["class"] = "class"
    signal: None = None

    def say(self, targets: Iterable[str]) -> list[list[int]]:
        """A class by its name."""
        names = {token.text: token.id for token in self.vocabularies.target.all()}
        return [[names[text]] if text in names else [] for text in targets]


@dataclass(slots=True)
class PictureSubject(Subject):
    """A subject whose sentence is a picture: `source` takes the path of a PNG or JPEG."""

    reads_pictures: ClassVar[bool] = True
    grid: Grid = field(default_factory=lambda: Grid(0, 1, 1))
    processor: Any = None

    @classmethod
    def of(
        cls, name: str, origin: str, config: Any, model: PictureModel, labels: Labels,
        *, grid: Grid, processor: Any,
    ) -> "PictureSubject":  # fmt: skip
        """Put together what `loading` has found."""
        coding = cast(Coding, PictureCoding(PictureVocabularies(labels)))
        return cls(
            name, origin, config, cast(Transformer, model), coding,
            NO_STEP, ends=frozenset(), grid=grid, processor=processor,
        )  # fmt: skip

    @property
    def foreign(self) -> Foreign:
        """How its attention is seen, and whether it knows classes."""
        model = cast(PictureModel, self.model)
        return Foreign("told" if model.told else "interface", model.says is not None)

    def source(self, text: str) -> Sentence:
        """The picture at a path, as the model reads it; raises `SentenceError` in words."""
        picture = read_picture(text)
        pixels_CYX = np.asarray(
            self.processor(picture, return_tensors="np")["pixel_values"][0], np.float32
        )
        model = cast(PictureModel, self.model)
        if pixels_CYX.shape[1:] != (model.high, model.wide):
            raise SentenceError(
                f"The model's processor makes {pixels_CYX.shape[2]} × {pixels_CYX.shape[1]} pixels "
                f"of this picture, and the model reads {model.wide} × {model.high}"
            )
        shown_YXC = as_seen(pixels_CYX, *_colours(self.processor))
        places = (0,) if model.says is not None else ()
        return Sentence(
            self.grid.tokens(), (), pixels_CYX.reshape(-1, model.wide),
            signal_of(shown_YXC, self.grid), places,
        )  # fmt: skip

    def target(self, text: str) -> Sentence:
        """Nothing: an encoder alone."""
        return Sentence(())


def _colours(processor: Any) -> tuple[list[float], list[float]]:
    """Mean and deviation that the processor took away; none where it took none."""
    if not getattr(processor, "do_normalize", False):
        return [0.0] * 3, [1.0] * 3
    return list(processor.image_mean), list(processor.image_std)
