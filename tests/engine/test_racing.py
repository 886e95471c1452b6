"""Several configurations of one task trained in turns by the real worker."""

from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.messages.commands import OpenModel, PauseTraining, StartTraining
from explorer.messages.events import Failed, TrainingChanged
from explorer.messages.presets import load_preset
from explorer.messages.race import (
    Arrival,
    By,
    ControlRace,
    Entrant,
    LaneEnded,
    LaneMeasured,
    LaneStep,
    LaneTraced,
    RaceChanged,
    StartRace,
    WatchRace,
    places,
)
from explorer.messages.results import SiteKind
from explorer.messages.settings import with_values
from explorer.runs.folder import RunFolder
from explorer.runs.metrics import read_history
from tests.engine.worker import Worker
from tests.small import begin, finish, open_again, small_config

ARCHITECTURES = ("encoder-decoder", "decoder-only", "encoder-only")
ROOM = {"model.max_length": 24}


def entrant(name: str, **values: Any) -> Entrant:
    return Entrant(name, small_config({**ROOM, **values}))


def architectures() -> tuple[Entrant, ...]:
    return tuple(entrant(name, **{"model.architecture": name}) for name in ARCHITECTURES)


def race(folder: Path, *entrants: Entrant, by: By = "step") -> StartRace:
    return StartRace(entrants or architectures(), by, folder=str(folder))


def over(event: RaceChanged) -> bool:
    return event.state == "finished"


def test_that_lanes_take_turns_by_step_and_each_writes_an_ordinary_run(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(race(tmp_path))
        began = worker.wait(RaceChanged)
        worker.wait(RaceChanged, over)
        steps = worker.all(LaneStep)
    assert began.state == "running" and [lane.name for lane in began.lanes] == [*ARCHITECTURES]
    assert [(s.step, s.lane) for s in steps] == [(n, k) for n in range(1, 21) for k in range(3)]
    assert [(e.lane, e.step, e.trouble) for e in worker.all(LaneEnded)] == [
        (0, 20, ""), (1, 20, ""), (2, 20, ""),
    ]  # fmt: skip
    assert {(m.lane, m.measurement.step) for m in worker.all(LaneMeasured)} == {
        (lane, step) for lane in range(3) for step in (5, 10, 15, 20)
    }
    for lane in began.lanes:
        assert open_again(Path(lane.folder)).step == 20
        losses = [s.loss for s in steps if began.lanes[s.lane] is lane]
        assert read_history(RunFolder(Path(lane.folder)).metrics).losses == pytest.approx(losses)


def test_that_a_lane_learns_the_very_same_as_if_it_trained_alone(tmp_path: Path) -> None:
    values = {**ROOM, "model.positions": "rotary"}
    with Worker() as worker:
        worker.send(race(tmp_path / "race", entrant("sines"), entrant("rotary", **values)))
        worker.send(WatchRace("3 1 4"))
        lanes = worker.wait(RaceChanged, over).lanes
    alone = begin(tmp_path / "alone", [], values)
    finish(alone)
    weights = open_again(Path(lanes[1].folder)).model.state_dict()
    for name, value in alone.trainer.model.state_dict().items():
        assert torch.equal(value, weights[name])


def test_that_by_time_the_lane_with_less_work_behind_it_goes_next(tmp_path: Path) -> None:
    wide = entrant("wide", **{"model.width": 256, "model.feed_forward": 1024})
    with Worker() as worker:
        worker.send(race(tmp_path, entrant("small"), wide, by="seconds"))
        worker.wait(RaceChanged, over)
    behind = [0.0, 0.0]
    ended = [20, 20]
    for told in worker.all(LaneStep):
        other = 1 - told.lane
        if ended[0] and ended[1]:  # While both still go.
            assert behind[told.lane] <= behind[other], "it was the one that was behind"
        behind[told.lane] = told.seconds
        ended[told.lane] = told.steps - told.step


def test_that_one_sentence_is_traced_in_all_lanes_at_the_same_step(tmp_path: Path) -> None:
    with Worker() as worker:
        worker.send(race(tmp_path), WatchRace("3 1 4", "4 1 3", request=7))
        worker.wait(RaceChanged, over)
    looks = worker.all(LaneTraced)
    assert len(looks) >= 6 and not len(looks) % 3
    for first in range(0, len(looks), 3):
        three = looks[first : first + 3]
        assert [look.lane for look in three] == [0, 1, 2]
        assert {look.request for look in three} == {7}
        traces = [look.trace for look in three if look.trace]
        assert len({trace.step for trace in traces}) == 1
    last = [look.trace for look in looks[-3:] if look.trace]
    kinds = [{site.kind for site in trace.weights} for trace in last]
    assert kinds == [set(SiteKind), {SiteKind.DECODER}, {SiteKind.ENCODER}]
    assert looks[-1].written, "an encoder alone says a label for each word"


def test_that_what_cannot_be_read_is_refused_in_words_and_the_race_goes_on(tmp_path: Path) -> None:
    shapes = with_values(load_preset("shapes"), {
        "training.steps": 3, "training.batch_size": 4, "training.baselines": False,
        "task.validation": 4, "task.test": 4, "model.width": 16,
    })  # fmt: skip
    pictures = Entrant("one", shapes), Entrant("two", shapes)
    with Worker() as worker:
        worker.send(race(tmp_path, *pictures), WatchRace("no picture at all", request=3))
        refused = worker.wait(LaneTraced, lambda look: look.trace is None)
        worker.wait(RaceChanged, over)
    assert refused.request == 3 and refused.refused


def test_that_a_race_is_held_goes_on_and_is_ended_with_every_lane_saved(tmp_path: Path) -> None:
    long = {"training.steps": 100_000}
    with Worker() as worker:
        worker.send(race(tmp_path, entrant("one", **long), entrant("two", **long)))
        worker.wait(LaneStep, lambda told: told.step == 3)
        worker.send(ControlRace("pause"))
        worker.wait(RaceChanged, lambda told: told.state == "paused")
        held = len(worker.all(LaneStep))
        worker.send(ControlRace("resume"))
        worker.wait(LaneStep, after=len(worker.told))
        assert len(worker.all(LaneStep)) > held
        worker.send(ControlRace("stop"))
        lanes = worker.wait(RaceChanged, lambda told: told.state == "stopped").lanes
        last = {told.lane: told.step for told in worker.all(LaneStep)}
    assert [open_again(Path(lane.folder)).step for lane in lanes] == [last[0], last[1]]


def test_that_a_race_and_a_run_have_the_worker_in_turn(tmp_path: Path) -> None:
    long = {"training.steps": 100_000}
    with Worker() as worker:
        worker.send(StartTraining(small_config(long), str(tmp_path / "run")))
        worker.wait(TrainingChanged, lambda told: told.state == "running")
        worker.send(race(tmp_path / "race", entrant("one", **long), entrant("two", **long)))
        worker.wait(TrainingChanged, lambda told: told.state == "paused")
        worker.wait(LaneStep, lambda told: told.step == 2)
        worker.send(StartTraining(small_config(), str(tmp_path / "next")))
        worker.wait(RaceChanged, lambda told: told.state == "paused")
        worker.wait(TrainingChanged, lambda told: told.state == "finished")
        worker.send(PauseTraining(), OpenModel("reverse"), ControlRace("resume"))
        worker.wait(LaneStep, after=len(worker.told))
    assert not worker.all(Failed)


def test_that_a_shutdown_saves_every_lane(tmp_path: Path) -> None:
    long = {"training.steps": 100_000}
    with Worker() as worker:
        worker.send(race(tmp_path, entrant("one", **long), entrant("two", **long)))
        lanes = worker.wait(RaceChanged).lanes
        worker.wait(LaneStep, lambda told: told.step == 4)
    last = {told.lane: told.step for told in worker.all(LaneStep)}
    assert [open_again(Path(lane.folder)).step for lane in lanes] == [last[0], last[1]]


def test_that_a_lane_that_diverges_gives_up_and_the_others_go_on(tmp_path: Path) -> None:
    wild = entrant("wild", **{
        "training.learning_rate": 10.0, "training.optimizer": "sgd", "training.clip_norm": 0.0,
        "training.warmup_steps": 0, "training.momentum": 0.99, "training.steps": 400,
    })  # fmt: skip
    with Worker() as worker:
        worker.send(race(tmp_path, entrant("tame"), wild))
        worker.wait(RaceChanged, over)
        ends = {told.lane: told for told in worker.all(LaneEnded)}
    assert not ends[0].trouble and ends[0].step == 20
    assert "loss" in ends[1].trouble


@pytest.mark.parametrize(
    ("entrants", "said"),
    [
        ((entrant("alone"),), "2 to 4 lanes, not 1"),
        ((entrant("one"), entrant("two", **{"training.seed": 5})), "“two” has another task"),
        ((entrant("one"), entrant("two", **{"task.max_length": 4})), "the same examples"),
    ],
)  # fmt: skip
def test_that_what_is_no_fair_race_is_refused(
    tmp_path: Path, entrants: tuple[Entrant, ...], said: str
) -> None:
    with Worker() as worker:
        worker.send(race(tmp_path, *entrants))
        assert said in worker.wait(Failed).message
    assert not list(tmp_path.iterdir())


def test_that_places_go_by_what_counts_and_are_shared_by_equals() -> None:
    arrivals = [Arrival(2, 300, 9.0, 0.96), Arrival(0, 300, 4.0, 0.97), Arrival(1, 500, 8.0, 0.95)]
    assert places(arrivals, "step") == {2: 1, 0: 1, 1: 3}
    assert places(arrivals, "seconds") == {0: 1, 1: 2, 2: 3}
