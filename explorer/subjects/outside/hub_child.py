"""Fetches one model from the hub of Hugging Face, in a process of its own.

`python -m explorer.subjects.outside.hub_child ORG/NAME` writes a line of JSON for each step:
`{"done": 1, "total": 2, "weights": 2}` in bytes, and at the end `{"folder": …}` or
`{"refused": …}`. Only weights as safetensors, settings and tokenizers are fetched: nothing that
could be unpickled or run.
"""

import errno
import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_TAKEN = (".json", ".txt", ".model", ".spm", ".tiktoken", ".jinja")
_WEIGHTS, _INDEX = "model.safetensors", "model.safetensors.index.json"
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_PATIENCE = 10
"""Seconds until the hub counts as out of reach."""
_BETWEEN = 0.1
_AWAY = ("TransportError", "ConnectionError", "ConnectError", "TimeoutException", "Timeout")
"""Classes of the libraries below, by name, as the hub's library has changed them."""


class RefusedError(Exception):
    """The model cannot be fetched; the message says why and what to do."""


def main() -> None:
    """Fetch, and tell."""

    def tell(**said: object) -> None:
        print(json.dumps(said), flush=True)

    try:
        tell(folder=str(fetch(sys.argv[1], tell)))
    except RefusedError as error:
        tell(refused=str(error))
    except Exception as error:  # Whatever two libraries raise.
        tell(refused=_in_words(sys.argv[1], error))


def fetch(name: str, tell: Callable[..., None]) -> Path:
    """The folder with what was fetched; raises `RefusedError` or what the libraries raise."""
    from huggingface_hub import HfApi, hf_hub_download

    info = HfApi().model_info(name, files_metadata=True, timeout=_PATIENCE)
    if info.gated:  # Of a model behind a licence, everybody may see the list of files.
        HfApi().auth_check(name)
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    wanted = chosen(name, sizes)
    total = sum(sizes[file] for file in wanted)
    weights = sum(sizes[file] for file in wanted if file.endswith(".safetensors"))
    _check_room(name, total)
    counter = _Counter(total, weights, tell)
    folder = Path()
    for file in sorted(wanted, key=sizes.__getitem__):  # Settings first: what is wrong shows soon.
        path = hf_hub_download(name, file, tqdm_class=counter.bar())
        counter.finish(sizes[file])
        folder = Path(path).parent
    return folder


def chosen(name: str, files: Sequence[str] | dict[str, int]) -> list[str]:
    """Which files of a model are needed; raises `RefusedError` where there are no such weights."""
    here = [file for file in files if "/" not in file]
    weights = [file for file in here if file.endswith(".safetensors")]
    if _WEIGHTS in here:
        weights = [_WEIGHTS]
    elif _INDEX in here:
        weights = [file for file in weights if file.startswith("model-")]
    if not weights:
        pickled = next((file for file in here if file.endswith(_PICKLED)), None)
        raise RefusedError(
            f"{name} has its weights only as {pickled}, a pickled file: opening one can run any "
            "program, so it is not fetched. Look for a version of it with safetensors"
            if pickled
            else f"{name} has no model.safetensors, which is what is read here"
        )
    return [file for file in here if file.endswith(_TAKEN)] + weights


def _check_room(name: str, needed: int) -> None:
    from huggingface_hub.constants import HF_HUB_CACHE

    place = Path(HF_HUB_CACHE)
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed > free:
        raise RefusedError(
            f"{name} takes {needed / 1e9:.1f} GB on disk, and {place} has {free / 1e9:.1f} GB "
            "free. Make room, or let HF_HOME name another place"
        )


class _Counter:
    """Adds up the bytes of all files, and tells them now and then."""

    def __init__(self, total: int, weights: int, tell: Callable[..., None]) -> None:
        self._total, self._weights, self._tell = total, weights, tell
        self._whole = self._part = 0
        self._told = 0.0
        self._say()

    def bar(self) -> Any:
        """A bar of the library's kind that draws nothing."""
        from tqdm.auto import tqdm

        counter = self

        class Bar(tqdm):
            def __init__(self, *given: Any, **named: Any) -> None:
                named.pop("name", None)
                named["disable"] = True
                super().__init__(*given, **named)

            def update(self, n: float | None = 1) -> None:
                counter.add(int(n or 0))

        return Bar

    def add(self, count: int) -> None:
        """Some bytes more of the file that is on its way."""
        self._part += count
        if time.monotonic() - self._told >= _BETWEEN:
            self._say()

    def finish(self, size: int) -> None:
        """The file is here, whether it came now or had come before."""
        self._whole, self._part = self._whole + size, 0
        self._say()

    def _say(self) -> None:
        self._told = time.monotonic()
        done = min(self._whole + self._part, self._total)
        self._tell(done=done, total=self._total, weights=self._weights)


def _in_words(name: str, error: Exception) -> str:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "GatedRepoError" in kinds:
        return (
            f"{name} is kept behind a licence that wants to be accepted first: do that at "
            f"https://huggingface.co/{name}, then log in once with “hf auth login”"
        )
    if "RepositoryNotFoundError" in kinds:
        return (
            f"The hub of Hugging Face has no model “{name}”, or it is a private one. Names look "
            "like sentence-transformers/all-MiniLM-L6-v2"
        )
    if "HFValidationError" in kinds:
        return f"“{name}” is no name of a model on the hub; they look like org/name"
    if "OfflineModeIsEnabled" in kinds:
        return f"{name} is not on this computer, and HF_HUB_OFFLINE forbids to fetch it"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"The disk is full: {name} could not be fetched to its end"
    if kinds.intersection(_AWAY):
        return (
            f"{name} is not on this computer, and the hub of Hugging Face cannot be reached. Check "
            "the connection, or open a folder that was downloaded elsewhere"
        )
    lines = str(error).strip().splitlines()
    return f"{name} could not be fetched: {lines[0][:200] if lines else type(error).__name__}"


if __name__ == "__main__":
    main()
