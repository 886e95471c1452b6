"""Settings drawn at random, all of them together: those that fit train, the others are refused."""

import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.data.pairs import CorpusError
from explorer.decoding.stepper import decode
from explorer.engine.run import Run
from explorer.messages.config import RunConfig
from explorer.messages.events import Evaluated, Event, Failed, TrainStep
from explorer.messages.settings import Setting, SettingsError, with_values
from explorer.messages.tasks import TASK_INFO
from explorer.training.precision import PrecisionError
from tests.any_config import SETTINGS, STEPS, Values, run_values
from tests.small import CPU

SENTENCES = (
    "the cat sat on the mat", "a dog ran", "no bird sings here", "the old king sleeps",
    "who reads the book ?", "rain falls , and falls again", "ten red hens", "it snows",
    "the cat ran", "a king reads", "the bird sat on a hen", "old dogs sleep well",
)  # fmt: skip
SENTENCE = {"shapes": "ring noise=1 seed=4", "tones": "5 5 1 9 noise=2"}
"""What is written from once trained, where words would not do."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A small file for each task that learns from one's own."""
    folder = tmp_path_factory.mktemp("data")
    tables = {
        "pairs": [f"{text}\t{' '.join(reversed(text.split()))}" for text in SENTENCES],
        "labels": [
            f"{text}\t{' '.join('short' if len(w) < 4 else 'long' for w in text.split())}"
            for text in SENTENCES
        ],
        "classes": [f"{text}\t{len(text) % 3}" for text in SENTENCES],
    }
    found: dict[str, str] = {}
    for name, lines in tables.items():
        path = folder / f"{name}.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found[name] = str(path)
    text = folder / "text.txt"
    text.write_text("\n".join(SENTENCES * 20) + "\n", encoding="utf-8")
    return {**found, "text": str(text)}


def begun(config: RunConfig, folder: Path, told: list[Event]) -> Run:
    return Run.begin(config, folder, CPU, told.append, lambda *_: None)


def trained(values: Values) -> list[Event]:
    """What a run of these settings tells, from its begin to a sentence written at its end."""
    config = with_values(RunConfig(), values)
    told: list[Event] = []
    with tempfile.TemporaryDirectory() as folder:
        run = begun(config, Path(folder) / "run", told)
        while not run.done:
            run.advance()
        run.close()
        text = SENTENCE.get(config.task.name, "1 2 + 3 a the cat")
        source = run.subject.source(text)
        written = decode(run.subject, source, text, config.decoding)
        assert all(len(step.candidates) > 0 for step in written.steps)
    return told


def assert_learned(told: list[Event], values: Values) -> None:
    failed = [event.message for event in told if isinstance(event, Failed)]
    assert not failed
    steps = [event for event in told if isinstance(event, TrainStep)]
    stopped = values["training.patience"] and len(steps) > values["training.patience"]
    assert len(steps) == STEPS or stopped
    assert all(math.isfinite(event.loss) and event.loss > 0 for event in steps)
    measured = [event.measurement for event in told if isinstance(event, Evaluated)]
    assert measured and all(math.isfinite(found.loss) for found in measured)


def train_any(values: Values) -> None:
    assert_learned(trained(values), values)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_that_settings_that_fit_together_train(
    files: Mapping[str, str], data: st.DataObject
) -> None:
    train_any(data.draw(run_values(files)))


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_that_many_more_settings_train(files: Mapping[str, str], data: st.DataObject) -> None:
    train_any(data.draw(run_values(files)))


# Settings that do not fit

PLAIN = {
    "model.width": 12, "model.heads": 2, "model.feed_forward": 8, "model.max_length": 30,
    "decoding.max_length": 20,
}  # fmt: skip


def out_of_bounds(setting: Setting) -> st.SearchStrategy[Any]:
    """Values that a setting cannot have, of the right kind or of none."""
    wrong: list[Any] = ["many", "", None, [1]]
    if setting.kind == "choice":
        wrong += [setting.choices[0].upper(), setting.choices[0] + "s", 3]
    if setting.kind == "switch":
        wrong += ["perhaps", 7]
    if setting.kind == "text":
        wrong = [3, None, ["a"]]
    if setting.kind in ("integer", "number"):
        assert setting.minimum is not None and setting.maximum is not None, setting.path
        wrong += [setting.minimum - 1, setting.maximum + 1, -(10.0**12), 10.0**12]
        wrong += [math.nan, math.inf, -math.inf]
        wrong += [setting.minimum + 0.5] if setting.kind == "integer" else []
    return st.sampled_from(wrong)


def assert_refused(values: Values, path: str) -> None:
    """A sentence for a person, led by the setting."""
    with pytest.raises(SettingsError) as caught:
        with_values(RunConfig(), {**PLAIN, **values})
    for line in str(caught.value).splitlines():
        assert line.startswith(f"{path}: "), line
        assert len(line) > len(path) + 12
        assert "Error" not in line and "Input" not in line and "\n" not in line


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_that_a_value_out_of_bounds_is_refused_by_name(data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from(list(SETTINGS.values())))
    assert_refused({setting.path: data.draw(out_of_bounds(setting))}, setting.path)


@st.composite
def unfit(draw: st.DrawFn) -> tuple[Values, str]:
    """Values that fit alone but not together, and the setting that the sentence names."""
    heads = draw(st.integers(2, 12))
    length = draw(st.integers(5, 60))
    word = draw(st.sampled_from(["character", "bpe"]))
    items = {"task.name": draw(st.sampled_from(["copy", "reverse", "sort", "shift", "parity"]))}
    alone = {"model.architecture": "encoder-only"}
    after = {"model.architecture": "decoder-only"}
    rooms = {"decoding.max_length": 4}
    cases: list[tuple[Values, str]] = [
        ({"model.heads": heads, "model.width": heads * 4 + draw(st.integers(1, heads - 1))},
         "model.heads"),
        ({"model.heads": heads, "model.width": heads * 4,
          "model.key_value_heads": draw(st.sampled_from(_no_divisors(heads)))},
         "model.key_value_heads"),
        ({"model.heads": 1, "model.width": 2 * heads + 3, "model.positions": "sinusoidal"},
         "model.width"),
        ({"model.heads": heads, "model.width": heads * 3 * (1 + heads % 2),
          "model.positions": "rotary"} if not heads % 2 else
         {"model.heads": heads, "model.width": heads * 5, "model.positions": "rotary"},
         "model.positions"),
        ({f"model.{draw(st.sampled_from(['embedding', 'attention', 'hidden']))}_dropout":
          draw(st.floats(-0.99, -0.01))}, ""),
        ({"task.min_length": length + 1, "task.max_length": length}, "task.min_length"),
        ({**items, "task.max_length": length, "model.max_length": max(4, length),
          **rooms}, "model.max_length"),
        ({**items, **after, "task.max_length": length, "model.max_length": 2 * length + 1,
          **rooms}, "model.max_length"),
        ({**items, **alone, "task.max_length": length, "model.max_length": length + 1},
         "model.max_length"),
        ({**items, **alone, "task.vocabulary": word}, "task.vocabulary"),
        ({"task.name": draw(st.sampled_from(["addition", "dates"])), "task.vocabulary": "word"},
         "task.vocabulary"),
        ({"task.name": draw(st.sampled_from(["addition", "summary", "pairs", "tones"])), **alone},
         "model.architecture"),
        ({"task.name": "text", "model.architecture": "encoder-decoder"}, "model.architecture"),
        ({"task.name": draw(st.sampled_from(["shapes", "tones"])), **after}, "model.architecture"),
        ({"task.name": "text", **draw(st.sampled_from([alone, after])),
          "task.context": 30 + length}, "task.context"),
        ({"decoding.max_length": 30 + length}, "decoding.max_length"),
    ]  # fmt: skip
    values, path = draw(st.sampled_from(cases))
    return values, path or next(iter(values))


def _no_divisors(heads: int) -> list[int]:
    return [g for g in range(1, 2 * heads + 1) if heads % g]


@settings(max_examples=300, deadline=None)
@given(case=unfit())
def test_that_settings_that_do_not_fit_each_other_are_refused_by_name(
    case: tuple[Values, str],
) -> None:
    assert_refused(*case)


def test_that_a_precision_that_the_device_lacks_is_refused_by_name(tmp_path: Path) -> None:
    config = with_values(RunConfig(), {**PLAIN, "training.precision": "float16"})
    with pytest.raises(PrecisionError, match=r"^training\.precision: .*bfloat16"):
        begun(config, tmp_path / "run", [])


@pytest.mark.parametrize("name", ["pairs", "labels", "classes", "text"])
def test_that_an_own_task_without_a_file_is_refused_by_name(tmp_path: Path, name: Any) -> None:
    architecture = TASK_INFO[name].architectures[0]
    values = {**PLAIN, "task.name": name, "model.architecture": architecture, "task.context": 8}
    with pytest.raises(CorpusError, match=r"^task\.file: "):
        begun(with_values(RunConfig(), values), tmp_path / "run", [])


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"task.symbols": 2, "task.max_length": 1}, "task.max_length"),
        ({"task.name": "modular", "task.modulus": 200, "task.vocabulary_size": 30},
         "task.vocabulary_size"),
        ({"task.name": "stories", "task.vocabulary_size": 20, "model.max_length": 64},
         "task.vocabulary_size"),
    ],
)  # fmt: skip
def test_that_a_task_without_examples_or_words_is_refused_by_name(
    tmp_path: Path, values: Values, path: str
) -> None:
    with pytest.raises(CorpusError, match=rf"^{path}: "):
        begun(with_values(RunConfig(), {**PLAIN, **values}), tmp_path / "run", [])
