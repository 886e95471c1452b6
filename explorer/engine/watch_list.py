"""The sentences that are watched: chosen in the window, looked at, and given to new runs."""

from contextlib import suppress
from pathlib import Path

from explorer.engine.keeping import Emit
from explorer.engine.past import Past, nearest
from explorer.engine.run import Run
from explorer.engine.sentences import Sentences
from explorer.engine.watching import watched_trace
from explorer.messages.results import Trace
from explorer.messages.travel import SentencesWatched, Watch, Watched, WatchState
from explorer.runs.folder import RunFolder
from explorer.runs.moments import moments
from explorer.runs.watch import WatchFolder
from explorer.subjects.subject import SentenceError, Subject


class WatchList:
    """One list a task: a sentence of numbers means nothing to a model of words."""

    def __init__(self, emit: Emit, sentences: Sentences) -> None:
        self._emit, self._sentences = emit, sentences
        self._lists: dict[str, tuple[Watched, ...]] = {}
        self._past: Past | None = None

    @property
    def _live(self) -> Subject | None:
        return self._sentences.subject

    @property
    def sentences(self) -> tuple[Watched, ...]:
        """What is watched of the open run's task: by itself its example, until somebody chose."""
        live = self._live
        if live is None or not live.origin or not RunFolder(Path(live.origin)).is_run:
            return ()
        example = Watched(live.config.example)
        usual = (example,) if live.config.example.strip() else ()
        return self._lists.get(live.config.task.name, usual)

    def take(self, command: Watch, run: Run | None) -> None:
        """Watch these from now on, in the run that trains too; what cannot be is said."""
        live = self._live
        if live is None:
            return
        readable, refused = self._readable(live, command.sentences)
        self._lists[live.config.task.name] = readable
        if run is not None:
            run.watch(readable)
        self._tell(run, refused)
        self.look()

    def begin(self, run: Run | None) -> None:
        """Let a new run watch what is watched of its task."""
        live = self._live
        if live is None or run is None:
            return
        readable, refused = self._readable(live, self.sentences)
        if readable:
            run.watch(readable)
        self._tell(run, refused)

    def opened(self) -> None:
        """Another model is here: what its run watched is watched on."""
        live = self._live
        if live is not None and live.origin:
            kept = WatchFolder.of(RunFolder(Path(live.origin))).sentences()
            if kept:
                self._lists[live.config.task.name] = kept
        self._tell(None)
        self.look()

    def look(self) -> None:
        """The sentences through the weights that answer now, which may be those of then."""
        asked = self._sentences.asked
        if asked is None or not self.sentences:
            return
        self._show(asked)

    def look_at(self, step: int) -> None:
        """The same through the kept weights nearest to a step, wherever the answers come from."""
        live = self._live
        kept = moments(RunFolder(Path(live.origin))) if live is not None and self.sentences else ()
        if live is None or not kept:
            return
        if self._past is None or self._past.live is not live:
            self._past = Past(live)
        self._show(self._past.go_to(nearest(kept, step)))

    def _show(self, subject: Subject) -> None:
        traces: list[Trace] = []
        for sentence in self.sentences:
            with suppress(SentenceError):  # That it cannot be read was said when it was chosen.
                traces.append(watched_trace(subject, sentence))
        self._emit(SentencesWatched(subject.step, tuple(traces)))

    def _readable(
        self, subject: Subject, sentences: tuple[Watched, ...]
    ) -> tuple[tuple[Watched, ...], str]:
        """Those that the model can read and that are short enough, and why others are not."""
        found: list[Watched] = []
        why = ""
        for sentence in dict.fromkeys(sentences):
            try:
                watched_trace(subject, sentence)
                found.append(sentence)
            except SentenceError as error:
                why = f"“{sentence.source}” is not watched: {error}"
        return tuple(found), why

    def _tell(self, run: Run | None, refused: str = "") -> None:
        live = self._live
        if live is None:
            return
        if run is not None and run.watcher is not None:
            self._emit(run.watcher.state(refused))
            return
        kept = WatchFolder.of(RunFolder(Path(live.origin))) if live.origin else None
        steps = [] if kept is None else kept.steps()
        size = 0 if kept is None or not steps else kept.bytes()
        self._emit(WatchState(self.sentences, 0.0, len(steps), size, refused))
