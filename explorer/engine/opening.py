"""Models are opened: at once where they lie on this computer, else when they have come."""

import time
from collections.abc import Iterable

import torch

from explorer.engine.keeping import Emit
from explorer.messages.commands import OpenModel
from explorer.messages.events import Progress
from explorer.messages.foreign import Fetching, FetchStopped
from explorer.subjects.modules.weights_file import AsksError
from explorer.subjects.opening import open_subject
from explorer.subjects.outside.hub import Fetch, hub_name, kept
from explorer.subjects.subject import Subject

LOOK_SECONDS = 0.1


class Opening:
    """At most one model is on its way from the hub; it is looked after between other things."""

    def __init__(self, emit: Emit, device: torch.device) -> None:
        self._emit, self._device = emit, device
        self._fetch: Fetch | None = None
        self._looked = 0.0

    @property
    def patience(self) -> float | None:
        """Seconds after which there is something to look after; None if there is not."""
        return None if self._fetch is None else LOOK_SECONDS

    def open(self, command: OpenModel) -> Subject | None:
        """The model, or None where it has to be fetched; raises `ModelFileError` in words."""
        self.stop()
        name = hub_name(command.reference)
        if name is None:
            return self._load(command.reference, command.answers)
        folder = kept(name)
        if folder is not None:
            return self._load(str(folder))
        self._fetch = Fetch(name, self._device)
        self._emit(Fetching(name, 0, 0))
        return None

    def _load(
        self, reference: str, answers: Iterable[tuple[str, int | str]] = ()
    ) -> Subject | None:
        """The model; None where its file asks something first."""

        def tell(said: str) -> None:
            self._emit(Progress(said, 0, 0))

        try:
            return open_subject(reference, self._device, tell, answers)
        except AsksError as error:
            self._emit(error.asks)
            return None

    def stop(self) -> None:
        """Give up what is on its way."""
        if self._fetch is not None:
            name = self._let_go()
            self._emit(FetchStopped(name))

    def _let_go(self) -> str:
        fetch, self._fetch = self._fetch, None
        assert fetch is not None
        fetch.stop()
        return fetch.name

    def arrived(self) -> Subject | None:
        """The model that was fetched, once, when it is here; raises `ModelFileError` in words."""
        fetch, now = self._fetch, time.monotonic()
        if fetch is None or now - self._looked < LOOK_SECONDS:
            return None
        self._looked = now
        try:
            found = fetch.look()
        except ValueError:
            self._let_go()
            raise
        if found.folder is not None:
            self._let_go()
            return self._load(str(found.folder))
        self._emit(Fetching(fetch.name, found.done, found.total))
        return None
