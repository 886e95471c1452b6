"""What was tried at one source: every text that was written or forced, a branch each.

It is a plain value: `grown` gives a new one and leaves the old one as it is.
"""

from dataclasses import dataclass, replace

from explorer.messages.decoding import PLAIN, DecodeStep, Decoding, Wish

MOST = 100
"""Branches that are kept; the second oldest goes first, for the first is the model's own text."""

TREES = 8
"""Newest branches whose search tree is kept; one of many beams takes megabytes."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One text that was tried, and the wish that it came from; `number` counts from 1."""

    number: int
    decoding: Decoding
    wish: Wish = PLAIN

    @property
    def steps(self) -> tuple[DecodeStep, ...]:
        """Its decisions."""
        return self.decoding.steps

    @property
    def text(self) -> str:
        """Its words."""
        return self.decoding.text

    @property
    def step(self) -> int:
        """That of the model which wrote it."""
        return self.decoding.step

    @property
    def ids(self) -> tuple[int, ...]:
        """Its tokens."""
        return tuple(step.token.id for step in self.steps)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a branch stands in the tree: it leaves `parent` after `shared` tokens.

    `depth` is 0 for a branch that shares nothing with those before it.
    """

    branch: Branch
    parent: Branch | None = None
    shared: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Branches:
    """Branches in the order in which they came; they belong to one model and one source.

    While the model learns, a wish has one branch: what it says now takes the place of what it said
    before. Branches of other wishes stay as they were, with their own step.
    """

    about: tuple[str, str] = ("", "")
    branches: tuple[Branch, ...] = ()

    def grown(self, decoding: Decoding, wish: Wish = PLAIN) -> "Branches":
        """The tree with another text; a text of another model or source begins anew."""
        about = decoding.model, decoding.source_text
        if about != self.about:
            return Branches(about).grown(decoding, wish)
        last = max((branch.number for branch in self.branches), default=0)
        new = Branch(last + 1, decoding, wish)
        old = next((branch for branch in self.branches if _replaces(new, branch)), None)
        if old is None:
            return replace(self, branches=(*self._lighter(), new))
        new = replace(new, number=old.number)
        found = tuple(new if branch is old else branch for branch in self.branches)
        return replace(self, branches=found)

    def _lighter(self) -> tuple[Branch, ...]:
        """Room for one more; of searches long ago the text stays, without its tree."""
        first, rest = self.branches[:1], self.branches[1:][-(MOST - 2) :]
        every = (*first, *rest)
        return (*map(_without_tree, every[:-TREES]), *every[-TREES:])

    def of(self, number: int) -> Branch | None:
        """A branch by its number; None where it is gone."""
        return next((branch for branch in self.branches if branch.number == number), None)

    def showing(self, decoding: Decoding) -> Branch | None:
        """The branch that this text is, the newest if there are several."""
        ids = [step.token.id for step in decoding.steps]
        found = [b for b in self.branches if b.step == decoding.step and list(b.ids) == ids]
        return found[-1] if found else None

    def forgotten(self, number: int) -> "Branches":
        """The tree without a branch."""
        kept = tuple(branch for branch in self.branches if branch.number != number)
        return replace(self, branches=kept)

    def lineage(self) -> tuple[Lineage, ...]:
        """All branches, each below the one that it leaves latest, of those that came before it."""
        children: dict[int | None, list[tuple[Branch, int]]] = {}
        for place, branch in enumerate(self.branches):
            shares = [parting(branch, other) for other in self.branches[:place]]
            shared = max(shares, default=0)
            parent = self.branches[shares.index(shared)].number if shared else None
            children.setdefault(parent, []).append((branch, shared))
        found: list[Lineage] = []
        waiting = [Lineage(branch) for branch, _ in reversed(children.get(None, []))]
        while waiting:
            here = waiting.pop()
            found.append(here)
            waiting += [
                Lineage(branch, here.branch, shared, here.depth + 1)
                for branch, shared in reversed(children.get(here.branch.number, []))
            ]
        return tuple(found)


def _without_tree(branch: Branch) -> Branch:
    if not branch.decoding.tree:
        return branch
    return replace(branch, decoding=replace(branch.decoding, tree=(), best=()))


def parting(one: Branch, other: Branch) -> int:
    """How many tokens two branches share at their beginning."""
    pairs = zip(one.steps, other.steps, strict=False)
    for place, (mine, its) in enumerate(pairs):
        if mine.token.id != its.token.id:
            return place
    return min(len(one.steps), len(other.steps))


def _replaces(new: Branch, old: Branch) -> bool:
    """Whether it says what the other said, goes on from it, or is a newer answer to its wish."""
    goes_on = not old.decoding.finished and new.ids[: len(old.ids)] == old.ids
    return new.wish == old.wish or (new.step == old.step and (new.ids == old.ids or goes_on))
