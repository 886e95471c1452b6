"""What all pages of the decoder panel share: the text on show, what was tried, and the cursor.

A course has no widgets. What needs the worker it says by `wanted`; going back, jumping to what was
tried before and comparing need nobody.
"""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from explorer.messages.branches import Branch, Branches
from explorer.messages.decoding import PLAIN, DecodeStep, Decoding, How, Node, Wish
from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.tokens import Token
from explorer.ui.decoder import search_tree
from explorer.ui.widgets.decision_cursor import DecisionCursor


class Course(QObject):
    """The state that the pages show, and the verbs by which a person changes it."""

    changed = Signal()
    """Another text, tree or settings."""
    moved = Signal(int)
    """Another decision is looked at."""
    wanted = Signal(object)
    """A `Wish` that only the worker can fulfil."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cursor = DecisionCursor()
        self.decoding: Decoding | None = None
        self.branches = Branches()
        self.config: DecodingConfig | None = None
        """Changed settings; None: the model's own."""
        self.bans: tuple[int, ...] = ()
        self.wish = PLAIN
        """How the text on show came about, or the one that is awaited."""
        self._source = ("", "")
        self._good = PLAIN
        self._pruned: Decoding | None = None
        """The search of which some texts were kept or dropped by hand."""
        self._tokens: dict[int, Token] = {}

    @property
    def banned(self) -> tuple[Token, ...]:
        """The banned tokens as people read them."""
        return tuple(self._tokens.get(id, Token(id, f"nr. {id}", "")) for id in self.bans)

    @property
    def on_trial(self) -> bool:
        """Whether the last wish has not been fulfilled yet."""
        return self.wish != self._good

    @property
    def index(self) -> int:
        """The decision looked at."""
        return self.cursor.index

    @property
    def step(self) -> DecodeStep | None:
        """The decision looked at, in full; None before there is any."""
        steps = self.decoding.steps if self.decoding is not None else ()
        return steps[self.index] if self.index < len(steps) else None

    @property
    def branch(self) -> Branch | None:
        """The branch on show; None where the text is none of them."""
        return None if self.decoding is None else self.branches.showing(self.decoding)

    @property
    def forced(self) -> int:
        """Tokens at the beginning that stand because somebody said so, or stood before them."""
        steps = self.decoding.steps if self.decoding is not None else ()
        return max((i + 1 for i, step in enumerate(steps) if step.how == "forced"), default=0)

    @property
    def taken_over(self) -> bool:
        """Whether the model does not write as it would by itself."""
        wish = self.wish
        return bool(wish.prefix or wish.text or wish.seeds or self.bans) or (
            wish.reference is not None
        )

    # What happened

    def opened(self) -> None:
        """Another model is here: tokens and settings of the old one mean nothing to it."""
        self.config, self.bans = None, ()
        self.wish = self._good = PLAIN
        self._source = ("", "")
        self._tokens.clear()

    def look_at(self, model: str, source: str) -> None:
        """This source is asked for; a beginning that was forced belonged to the one before."""
        if (model, source) != self._source:
            self._source = model, source
            self.wish = self._good = Wish(self.config, bans=self.bans)

    def refused(self) -> None:
        """The last wish could not be fulfilled: what was written before stays, and its wish."""
        self.wish = self._good
        self.bans, self.config = self.wish.bans, self.wish.config
        self.changed.emit()

    def glance(self, decoding: Decoding) -> None:
        """Show this while time goes by; neither wish nor branches are touched."""
        self.decoding = decoding
        self.cursor.fit(len(decoding.steps))
        self.changed.emit()

    def take(self, decoding: Decoding, *, whole: bool = True) -> None:
        """The worker has written this; a text that is not whole yet is no branch."""
        decoding = self._whole_search(decoding)
        self.decoding, self._good = decoding, self.wish
        if whole and decoding.steps:
            self.branches = self.branches.grown(decoding, self.wish)
        self.cursor.fit(len(decoding.steps))
        self.changed.emit()

    # What a person does

    def go(self, index: int) -> bool:
        """Look at another decision; whether it is another."""
        if not self.cursor.go(index):
            return False
        self.moved.emit(self.cursor.index)
        return True

    def force(self, token: int, index: int | None = None) -> None:
        """Let this token stand at a decision, that of the cursor if none is named."""
        at = self._at(index)
        ids, came = self._before(at)
        later, later_came = self._after(at)
        self._want(self._writing((*ids, token, *later), (*came, "forced", *later_came)))

    def force_text(self, text: str, index: int | None = None) -> None:
        """Let this text stand from a decision on; the worker cuts it into tokens.

        A rival's exact token is that token, however the worker would cut it.
        """
        steps = self.decoding.steps if self.decoding is not None else ()
        at = self._at(index)
        rivals = steps[at].candidates if at < len(steps) else ()
        exact = next((c.token.id for c in rivals if c.token.piece == text.strip()), None)
        if exact is not None:
            self.force(exact, at)
            return
        self._want(replace(self._writing(*self._before(self._at(index))), text=text))

    def ban(self, token: int, index: int | None = None) -> None:
        """Never choose this token from a decision on."""
        if token not in self.bans:
            for step in self.decoding.steps if self.decoding is not None else ():
                self._tokens |= {c.token.id: c.token for c in step.candidates}
            self._ban((*self.bans, token), index)

    def unban(self, token: int, index: int | None = None) -> None:
        """Let this token be chosen again."""
        if token in self.bans:
            self._ban(tuple(id for id in self.bans if id != token), index)

    def _ban(self, bans: tuple[int, ...], index: int | None) -> None:
        self.bans = bans
        self._want(self._writing(*self._before(self._at(index))))

    def use(self, config: DecodingConfig | None) -> None:
        """Write with other settings, from the beginning that stands before the cursor on."""
        if config != self.config:
            self.config = config
            self._want(self._writing(*self._before(self.index)))

    def search(self, config: DecodingConfig) -> None:
        """Search with these settings, again if there was such a search, from where it began."""
        if config != self.config:
            self.use(config)
        else:
            self._want(self.wish)

    def own(self) -> None:
        """Let the model write by itself: nothing forced, nothing banned."""
        self.bans = ()
        self._show_or_want(Wish(self.config))

    def hold_to(self, reference: str | None) -> None:
        """Ask what the model thinks of a given text; None: what it writes by itself."""
        if reference is None:
            self.own()
        else:
            self._want(Wish(self.config, reference=reference))

    def jump(self, number: int) -> None:
        """Show a branch that was tried before, as it was then."""
        branch = self.branches.of(number)
        if branch is None:
            return
        self.wish = self._good = branch.wish
        self.bans, self.config = self.wish.bans, self.wish.config
        self.decoding = branch.decoding
        self.cursor.fit(len(branch.steps))
        self.changed.emit()

    def forget(self, number: int) -> None:
        """Take a branch out of what was tried; the text on show stays on show."""
        self.branches = self.branches.forgotten(number)
        self.changed.emit()

    def keep(self, node: int) -> None:
        """Let the beam search follow this hypothesis of its tree too."""
        self._search_from(search_tree.within(self._search, node))

    def keep_alone(self, node: int) -> None:
        """Let the beam search go on from this hypothesis of its tree alone."""
        self._search_from(search_tree.alone(self._search, node))

    def drop(self, node: int) -> None:
        """Let the beam search go on without this hypothesis of its tree."""
        self._search_from(search_tree.without(self._search, node))

    @property
    def _search(self) -> tuple[Node, ...]:
        return self.decoding.tree if self.decoding is not None else ()

    def _search_from(self, seeds: tuple[tuple[int, ...], ...]) -> None:
        if seeds and self.decoding is not None:
            self._pruned = self.decoding
            self._want(replace(self.wish, seeds=seeds))

    def _whole_search(self, decoding: Decoding) -> Decoding:
        """With what was pruned by hand, as long as the same model says the rest."""
        before, seeds = self._pruned, self.wish.seeds
        if not seeds or before is None or before.step != decoding.step:
            return decoding
        return replace(decoding, tree=search_tree.gone_on(before.tree, decoding.tree, seeds))

    def _at(self, index: int | None) -> int:
        return self.index if index is None else index

    def _before(self, index: int) -> tuple[tuple[int, ...], tuple[How, ...]]:
        """The tokens before a decision, and how each came."""
        steps: Iterable[DecodeStep] = self.decoding.steps[:index] if self.decoding else ()
        steps = tuple(steps)
        return tuple(s.token.id for s in steps), tuple(s.how for s in steps)

    def _after(self, index: int) -> tuple[tuple[int, ...], tuple[How, ...]]:
        """What was forced after a decision: it stands only where places are decided apart."""
        if self.decoding is None or not self.decoding.places:
            return (), ()
        steps = self.decoding.steps[index + 1 : self.forced]
        return tuple(s.token.id for s in steps), tuple(s.how for s in steps)

    def _writing(self, prefix: tuple[int, ...], came: tuple[How, ...]) -> Wish:
        return Wish(self.config, prefix, came, bans=self.bans)

    def _show_or_want(self, wish: Wish) -> None:
        known = [branch.number for branch in self.branches.branches if branch.wish == wish]
        if known:
            self.jump(known[-1])
        else:
            self._want(wish)

    def _want(self, wish: Wish) -> None:
        self.wish = wish
        self.cursor.stay()
        self.wanted.emit(wish)
