"""The weights of then as a model of their own, beside the one that is here now."""

from collections.abc import Sequence

import torch

from explorer.runs.moments import Moment
from explorer.runs.weights import load_weights
from explorer.subjects.subject import Subject, make_model


def nearest(kept: Sequence[Moment], step: int) -> Moment:
    """The kept step closest to this one, the earlier of two; raises `ValueError` without any."""
    return min(kept, key=lambda moment: (abs(moment.step - step), moment.step))


class Past:
    """One model of the same shape, filled from the file of whatever step is looked at."""

    def __init__(self, live: Subject) -> None:
        self.live = live
        with torch.random.fork_rng(devices=[]):  # A run that trains must not notice.
            model = make_model(live.coding)
        self.subject = Subject(
            live.name, live.origin, live.config, model.to(live.device).eval(), live.coding
        )

    def go_to(self, moment: Moment) -> Subject:
        """The model of that step; raises `ModelFileError` for weights that cannot be read."""
        load_weights(moment.weights, self.subject.model)
        self.subject.step = moment.step
        return self.subject
