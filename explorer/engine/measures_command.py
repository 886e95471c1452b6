"""`inspect --measures`: every head measured, as a file and as a short table."""

import sys
from collections.abc import Iterator
from pathlib import Path

from explorer.inspection.examples import traces
from explorer.inspection.measures import Tally, measure_heads
from explorer.messages.measures import HeadMeasures
from explorer.messages.results import Trace
from explorer.subjects.subject import SentenceError, Subject
from explorer.tables.measures_table import as_lines, save_measures


def measure_to(path: Path, subject: Subject, sentence: Trace, sample: int = 0) -> Iterator[str]:
    """Write all measures as CSV or JSON; gives the lines of a short table.

    With `sample` they are of so many held-out examples, else of the sentence.
    """
    found = _of_sample(subject, sample) if sample else measure_heads(sentence)
    save_measures(found, path)
    return as_lines(found)


def _of_sample(subject: Subject, count: int) -> HeadMeasures:
    tally, last = Tally(), None
    for number, last in enumerate(traces(subject, count), start=1):
        for _ in tally.add(last):
            pass
        if sys.stderr.isatty():
            print(f"\rmeasuring {number:,} of {count:,}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if last is None:
        raise SentenceError("This model's task has no held-out examples to measure on.")
    return tally.result(last, sample=True)
