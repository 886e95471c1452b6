"""The measures of all heads at every step of a timeline, one table a step."""

import numpy as np

from explorer.inspection.head_history import history_of
from explorer.inspection.labels import label_of
from explorer.messages.measures import HeadMeasures
from explorer.messages.timeline import Timeline


def measures_over_time(timeline: Timeline) -> tuple[HeadMeasures, ...]:
    """A table for each step, on this sentence; none of a text whose attention is not kept."""
    if not timeline.weights:
        return ()
    history, reading = history_of([timeline]), timeline.reading
    queries_NM = history.queries_NM.astype(np.float32)
    return tuple(
        HeadMeasures(
            reading.model, step, reading.source_text, reading.target_text, 0, history.heads,
            values_NM.astype(np.float32), queries_NM,
            tuple(map(label_of, values_NM, history.chance_NM, history.queries_NM)),
        )
        for step, values_NM in zip(history.steps_S.tolist(), history.values_SNM, strict=True)
    )  # fmt: skip
