"""All that goes through the kept weights of a run: one sentence, what happened, and the past."""

from explorer.engine.finding import FindingWork
from explorer.engine.keeping import Emit
from explorer.engine.parents import Parents
from explorer.engine.sentences import Sentences
from explorer.engine.texts_of_then import TextsOfThen
from explorer.engine.travelling import Travelling
from explorer.engine.watch_list import WatchList
from explorer.messages.commands import LATEST_WINS, Command
from explorer.messages.travel import FindHappenings, GoTo, InspectParent, LookBack, Travel, WatchAt


class LookingBack:
    """Answers in slices; while a run trains, each waits for one of the run's.

    `watched` looks again when answers come from other weights than before.
    """

    def __init__(self, emit: Emit, sentences: Sentences, watched: WatchList) -> None:
        self.travelling = Travelling(emit, sentences)
        self._watched = watched
        self._finding = FindingWork(emit, sentences)
        self._parents = Parents(emit, sentences)
        self._texts = TextsOfThen(emit, self.travelling)
        self._turn = self._wrote = False

    @property
    def busy(self) -> bool:
        """Whether there is a slice to do."""
        return self.travelling.busy or self._finding.busy or self._texts.busy

    def answer(self, command: LookBack) -> None:
        """Begin with it, or go there at once; raises `ModelFileError` in words."""
        match command:
            case Travel():
                self.travelling.answer(command)
            case GoTo():
                self.travelling.go_to(command)
                self._watched.look()
            case WatchAt(step=step):
                self._watched.look_at(step)
            case FindHappenings():
                self._finding.answer(command)
            case InspectParent():
                self._parents.answer(command)

    def after(self, command: Command) -> None:
        """A command was carried out: other steps may be kept by now."""
        if not isinstance(command, LATEST_WINS):
            self.travelling.look_around(at_once=True)

    def works(self, *, running: bool) -> bool:
        """Do a slice if there is one and it is its turn; whether it did."""
        self.travelling.look_around()
        self._turn = self.busy and not (self._turn and running)
        if self._turn:
            self._next().advance()
        return self._turn

    def _next(self) -> Travelling | FindingWork | TextsOfThen:
        """The sentence first, then what happened and the texts of then by turns."""
        if self.travelling.busy:
            return self.travelling
        self._wrote = self._texts.busy and not (self._wrote and self._finding.busy)
        return self._texts if self._wrote else self._finding
