"""What nobody looks at any more is not written anew while a model learns."""

from pathlib import Path

from explorer.messages.commands import Decode, Inspect, StartTraining
from explorer.messages.events import Decoded, Failed, Inspected
from tests.engine.worker import Worker
from tests.small import small_config


def test_that_an_empty_source_ends_the_repeats_of_what_was_written(tmp_path: Path) -> None:
    endless = small_config({"training.steps": 1_000_000, "training.evaluate_every": 1_000_000})
    with Worker() as worker:
        worker.send(StartTraining(endless, str(tmp_path / "run")))
        worker.send(Inspect("3 1 4", "4 1 3", 1), Decode("3 1 4", -1))
        worker.wait(Decoded)
        after = len(worker.told)
        worker.wait(Decoded, after=after)  # It is repeated.
        worker.send(Decode("", -2), Inspect("3 1", "1 3", 2))
        worker.wait(Inspected, lambda e: e.request == 2)
        after = len(worker.told)
        for _ in range(3):
            worker.wait(Inspected, after=after)
            after = len(worker.told)
        begun = worker.told.index(worker.wait(Inspected, lambda e: e.request == 2))
        assert not [event for event in worker.told[begun:] if isinstance(event, Decoded)]
    assert not worker.all(Failed)
