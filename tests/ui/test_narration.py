"""The status line's words."""

from explorer.messages.config import RunConfig
from explorer.messages.events import (
    EngineReady,
    Evaluated,
    Failed,
    Inspected,
    ModelOpened,
    Progress,
    RunSaved,
    TrainingChanged,
)
from explorer.messages.race import Lane, RaceChanged
from explorer.messages.results import Measurement, ModelInfo
from explorer.ui.narration import Narrator, Notice
from tests.ui.scripts import inspected

TRAINED = ModelOpened(ModelInfo("dates", "", RunConfig(), 1500, 84_864, 14, ""))


def told(*events: object) -> Notice:
    narrator = Narrator()
    narrator.take(events)  # pyright: ignore[reportArgumentType]
    return narrator.notice


def test_that_it_begins_by_saying_that_it_starts() -> None:
    assert Narrator().notice.mood == "busy"


def test_that_an_opened_model_says_what_to_do_next() -> None:
    notice = told(EngineReady("CPU", ""), TRAINED)
    assert notice.mood == "good"
    assert "dates is open: 84.9 k parameters, 1,500 steps" in notice.text
    assert "Type a sentence" in notice.text


def test_that_progress_is_carried_along() -> None:
    assert told(Progress("Reading pairs", 3, 10)) == Notice("busy", "Reading pairs", 3, 10)


def test_that_a_failure_outlives_ordinary_news() -> None:
    notice = told(Failed("training", "The disk is full."), RunSaved("/runs/a", 100))
    assert notice == Notice("error", "The disk is full.")


def test_that_a_failure_ends_when_the_same_succeeds() -> None:
    notice = told(Failed("sentence", "Too long."), TRAINED, inspected("a b"))
    assert notice.mood == "good"


def test_that_a_failure_of_another_kind_stays_when_a_sentence_succeeds() -> None:
    assert told(Failed("training", "No room."), inspected("a b")).text == "No room."


def test_that_a_dismissed_failure_gives_way_to_the_news() -> None:
    narrator = Narrator()
    narrator.take([TRAINED, Failed("model", "Damaged.")])
    narrator.dismiss()
    assert narrator.notice.text.startswith("dates is open")


def test_that_a_failure_stops_what_looked_busy() -> None:
    narrator = Narrator()
    narrator.take([Progress("Reading pairs", 3, 10), Failed("training", "Line 7 has no tab.")])
    narrator.dismiss()
    assert narrator.notice.mood != "busy"


def test_that_a_stopped_run_says_where_it_is_saved() -> None:
    text = told(TrainingChanged("stopped", "/home/a/runs/dates 1", 70, 100)).text
    assert "step 70" in text and "dates 1" in text


def test_that_a_run_that_begins_says_what_it_will_take_on_disk() -> None:
    text = told(TrainingChanged("running", "/runs/dates 1", 0, 2000, room=45_300_000)).text
    assert text.startswith("Training: 2,000 steps, up to 45.3 MB on disk.")


def test_that_inspections_alone_change_nothing() -> None:
    before = told(TRAINED)
    assert told(TRAINED, inspected("a b")) == before
    assert isinstance(inspected("a b"), Inspected)


def test_that_running_text_is_told_by_its_tokens() -> None:
    narrator = Narrator()
    narrator.take([Evaluated(Measurement(7, 1.5, float("nan"), 40, 0.62))])
    assert narrator.notice.text == (
        "On 40 held-out windows of text at step 7: loss 1.500, 62.0% of the tokens right."
    )


def test_that_a_race_is_told_with_the_number_of_its_lanes() -> None:
    lanes = tuple(Lane(name, "", 10, RunConfig()) for name in ("one", "two"))
    narrator = Narrator()
    narrator.take([RaceChanged("running", "step", 0.95, lanes)])
    assert narrator.notice.text == "A race of 2 lanes is on: Training ▸ Race… shows it."
