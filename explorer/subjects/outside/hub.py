"""Models by their name on the hub of Hugging Face: kept ones at once, others by another process."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.runs.weights import ModelFileError
from explorer.subjects.outside.folder import check_folder
from explorer.subjects.outside.memory import refuse_too_large

_MARK = re.compile(r"(?:hf:|https?://huggingface\.co/)")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")


def hub_name(reference: str) -> str | None:
    """The name on the hub that is meant: `hf:NAME`, its page, or ORG/NAME where no file is so."""
    mark = _MARK.match(reference)
    name = (reference[mark.end() :] if mark else reference).strip().rstrip("/")
    if not _NAME.fullmatch(name):
        return None
    if mark is None and ("/" not in name or Path(reference).exists()):
        return None
    return name


def kept(name: str) -> Path | None:
    """The folder of a model that was fetched before, if it is here to its end.

    Raises `ModelFileError` where the libraries that know are not installed.
    """
    try:
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError
    except ImportError:
        raise ModelFileError(
            f"{name} is a model of the hub of Hugging Face, and the library transformers is not "
            "installed: pip install 'attention-explorer[hf]'"
        ) from None
    try:
        config = try_to_load_from_cache(name, "config.json")
    except HFValidationError:
        return None  # Told in words by who fetches it.
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    try:
        check_folder(folder)
    except ModelFileError:
        return None
    return folder


@dataclass(frozen=True, slots=True)
class Arrived:
    """How much of a model is here, in bytes; total 0: not known yet. `folder` when it is whole."""

    done: int = 0
    total: int = 0
    folder: Path | None = None


class Fetch:
    """A model on its way. The process can be stopped at any moment; whole files stay."""

    def __init__(self, name: str, device: torch.device) -> None:
        self.name, self._device = name, device
        self._said: dict[str, object] = {}
        self._asked = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "explorer.subjects.outside.hub_child", name],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, name="explorer-fetch", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said = json.loads(line)

    def look(self) -> Arrived:
        """How far it is; raises `ModelFileError` in words, also for what memory cannot hold."""
        ended = self._process.poll() is not None
        if ended:
            self._reader.join()
        said = self._said
        if "refused" in said:
            raise ModelFileError(str(said["refused"]))
        if "folder" in said:
            return Arrived(folder=Path(str(said["folder"])))
        if ended:
            raise ModelFileError(f"{self.name} could not be fetched: the process for it has ended")
        if "weights" in said and not self._asked:
            self._asked = True
            # Of weights in float32 half is enough to open them.
            refuse_too_large(self.name, _number(said["weights"]) // 2, self._device)
        return Arrived(_number(said.get("done", 0)), _number(said.get("total", 0)))

    def stop(self) -> None:
        """Fetch no more."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


def fetch_now(name: str, device: torch.device, tell: Callable[[Arrived], None]) -> Path:
    """The folder of a model, kept or fetched while the caller waits; raises `ModelFileError`."""
    folder = kept(name)
    if folder is not None:
        return folder
    fetch = Fetch(name, device)
    waiting = threading.Event()
    try:
        while True:
            arrived = fetch.look()
            if arrived.folder is not None:
                return arrived.folder
            tell(arrived)
            waiting.wait(0.1)
    finally:
        fetch.stop()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
