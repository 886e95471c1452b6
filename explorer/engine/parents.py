"""What the parent of a fork would say: its kept weights, asked for what the fork was asked."""

from pathlib import Path

from explorer.engine.keeping import Emit
from explorer.engine.past import Past, nearest
from explorer.engine.sentences import Sentences
from explorer.inspection.tracing import trace
from explorer.messages.travel import InspectParent, ParentInspected
from explorer.runs.folder import RunFolder
from explorer.runs.moments import Moment, moments
from explorer.runs.weights import ModelFileError
from explorer.subjects.subject import Subject


class Parents:
    """Holds one model beside the fork's, of the same shape: a fork cannot change that."""

    def __init__(self, emit: Emit, sentences: Sentences) -> None:
        self._emit, self._sentences = emit, sentences
        self._past: Past | None = None

    def answer(self, command: InspectParent) -> None:
        """Read a pair by the parent's kept weights nearest to a step.

        Raises `ModelFileError` in words where the model is no fork or its parent is gone.
        """
        live = self._sentences.required()
        parent, kept = _parent_of(live)
        if self._past is None or self._past.live is not live:
            self._past = Past(live)
            self._past.subject.name = parent.path.name
        then = self._past.go_to(nearest(kept, command.step))
        source, target = then.source(command.source), then.target(command.target)
        found = trace(then, source, target, command.source, command.target, own_target=False)
        self._emit(ParentInspected(command, found))


def _parent_of(live: Subject) -> tuple[RunFolder, tuple[Moment, ...]]:
    """The parent's folder and its kept steps."""
    folder = RunFolder(Path(live.origin))
    fork = folder.fork() if live.origin and folder.is_run else None
    if fork is None:
        raise ModelFileError("This model is no fork: it has no parent to be compared with.")
    parent = RunFolder(Path(fork.parent))
    kept = moments(parent) if parent.is_run else ()
    if not kept:
        raise ModelFileError(
            f"The parent of this fork is not at {fork.parent} any more, or keeps no weights; bring "
            "it back from the recycle bin to compare with it."
        )
    return parent, kept
