"""Models by their name on the hub: fetched by a process of its own, kept, stopped, refused."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("transformers")

from explorer.cli import main
from explorer.engine.engine import Engine
from explorer.messages.commands import OpenModel, StopFetching
from explorer.messages.events import Event, Failed, Fetching, FetchStopped, ModelOpened
from explorer.subjects.outside import hub, memory
from explorer.subjects.outside.hub import hub_name
from explorer.subjects.outside.hub_child import RefusedError, chosen
from tests.subjects.outside.hub_server import SmallHub, serving
from tests.subjects.outside.small_folder import small_folder


@pytest.fixture
def small_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHub]:
    """A hub with one model, and an empty cache."""
    folder = small_folder(tmp_path / "there")
    (folder / "pytorch_model.bin").write_bytes(b"never asked for")
    (folder / "modeling_own.py").write_text("raise SystemExit('never asked for')")
    made = SmallHub({"org/small": folder, "org/locked": folder}, frozenset({"org/locked"}))
    with serving(made) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        use_cache(tmp_path / "cache", monkeypatch)
        yield made


def use_cache(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process and those that it starts keep models there."""
    import huggingface_hub.constants as constants
    import huggingface_hub.file_download as download

    monkeypatch.setenv("HF_HUB_CACHE", str(place))
    for module in (constants, download.constants):
        monkeypatch.setattr(module, "HF_HUB_CACHE", str(place))


class Worker:
    """The engine, as its loop runs it."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.engine = Engine(self.told.append, "cpu")

    def until(self, kind: type[Event] | Callable[[], bool]) -> None:
        """Let it work until an event of a kind has come."""
        end = time.monotonic() + 60
        while not (self.has(kind) if isinstance(kind, type) else kind()):
            assert time.monotonic() < end, self.told
            self.engine.work()
            time.sleep(self.engine.patience or 0)  # As the loop waits for commands.

    def has(self, kind: type) -> bool:
        """Whether such an event has come."""
        return any(isinstance(event, kind) for event in self.told)

    def failure(self) -> str:
        """What the newest failure says."""
        return next(event.message for event in reversed(self.told) if isinstance(event, Failed))


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A worker that has stopped when the test has ended."""
    made = Worker()
    yield made
    made.engine.handle(StopFetching())


def test_that_names_of_the_hub_are_told_from_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert hub_name("org/na-me_1.5") == "org/na-me_1.5"
    assert hub_name("hf:gpt2") == "gpt2"
    assert hub_name("https://huggingface.co/org/name/") == "org/name"
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    for path in ("reverse", "runs/mine", "/org/name", "./org/name", "a/b/c", "~/x", ""):
        assert hub_name(path) is None, path


def test_that_only_safetensors_settings_and_tokenizers_are_chosen() -> None:
    files = ["config.json", "tokenizer.json", "model.safetensors", "model.fp16.safetensors",
             "pytorch_model.bin", "own.py", "onnx/model.safetensors", "README.md"]  # fmt: skip
    assert chosen("a/b", files) == ["config.json", "tokenizer.json", "model.safetensors"]
    parts = ["model-00001-of-2.safetensors", "model.safetensors.index.json", "other.safetensors"]
    assert chosen("a/b", parts) == [parts[1], parts[0]]
    with pytest.raises(RefusedError, match=r"only as pytorch_model\.bin, a pickled file"):
        chosen("a/b", ["config.json", "pytorch_model.bin"])


def test_that_a_model_is_fetched_opened_and_kept(small_hub: SmallHub, worker: Worker) -> None:
    worker.engine.handle(OpenModel("org/small"))
    worker.until(ModelOpened)
    opened = next(event for event in worker.told if isinstance(event, ModelOpened))
    assert opened.model.name == "small"
    shares = [event for event in worker.told if isinstance(event, Fetching)]
    assert shares[0].total == 0 and shares[-1].name == "org/small"
    assert not any(path.endswith((".bin", ".py")) for path in small_hub.asked)
    small_hub.models.clear()  # From now on the hub knows nothing.
    again = Worker()
    again.engine.handle(OpenModel("org/small"))
    assert again.has(ModelOpened) and not again.has(Fetching)


def test_that_fetching_tells_how_far_it_is_and_can_be_stopped(
    small_hub: SmallHub, worker: Worker
) -> None:
    small_hub.go_on.clear()
    worker.engine.handle(OpenModel("reverse"))
    worker.engine.handle(OpenModel("org/small"))

    def half_way() -> bool:
        newest = worker.told[-1]
        return isinstance(newest, Fetching) and 0 < newest.done < newest.total

    worker.until(half_way)
    worker.engine.handle(StopFetching())
    assert worker.told[-1] == FetchStopped("org/small")
    assert worker.engine.patience is None
    assert worker.engine._sentences.required().name == "reverse"


def test_that_another_model_takes_the_place_of_one_on_its_way(
    small_hub: SmallHub, worker: Worker
) -> None:
    small_hub.go_on.clear()
    worker.engine.handle(OpenModel("org/small"))
    worker.engine.handle(OpenModel("reverse"))
    assert worker.has(FetchStopped) and worker.has(ModelOpened)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("org/nothing", "no model “org/nothing”, or it is a private one"),
        ("org/locked", "behind a licence .* accepted first: .*huggingface.co/org/locked"),
        ("hf:a--b", "no name of a model on the hub"),
    ],
)
def test_that_what_cannot_be_had_is_told_in_words(
    small_hub: SmallHub, worker: Worker, name: str, told: str
) -> None:
    worker.engine.handle(OpenModel("reverse"))
    worker.engine.handle(OpenModel(name))
    worker.until(Failed)
    assert re.search(told, worker.failure()), worker.failure()
    assert worker.engine._sentences.required().name == "reverse"


def test_that_a_model_too_large_is_not_even_fetched(
    small_hub: SmallHub, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_hub.go_on.clear()
    monkeypatch.setattr(memory, "free_bytes", lambda device: 1000)
    worker.engine.handle(OpenModel("org/small"))
    worker.until(Failed)
    assert "org/small needs about" in worker.failure() and "has 0 MB free" in worker.failure()
    assert worker.engine.patience is None


def test_that_without_a_connection_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # Nobody listens there.
    use_cache(tmp_path / "cache", monkeypatch)
    assert main(["inspect", "org/small", "the cat"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "hub of Hugging Face cannot be reached" in said


def test_that_the_command_line_fetches_too(
    small_hub: SmallHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "org/small", "the cat", "--target", "sleeps"]) == 0
    assert "small" in capsys.readouterr().out


def test_that_without_the_library_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert main(["inspect", "org/small", "the cat"]) == 1
    assert "pip install 'attention-explorer[hf]'" in capsys.readouterr().err


def test_that_a_process_that_dies_is_told(small_hub: SmallHub) -> None:
    import torch

    small_hub.go_on.clear()
    fetch = hub.Fetch("org/small", torch.device("cpu"))
    fetch._process.kill()
    fetch._process.wait()
    with pytest.raises(ValueError, match="has ended"):
        fetch.look()
    fetch.stop()
