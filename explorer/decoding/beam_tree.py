"""The tree that a beam search grows: every text it followed or gave up, and why."""

from dataclasses import dataclass, field

from explorer.decoding.deciding import Attention, Fact, Outlook
from explorer.messages.decoding import DecodeStep, Node, NodeState
from explorer.messages.tokens import Token


@dataclass(slots=True, eq=False)
class Sprout:
    """A text of the search: one token after its parent's. `total` is what the search adds up."""

    id: int
    parent: "Sprout | None"
    depth: int
    token: int
    log: float
    total: float
    score: float
    rank: int = 0
    state: NodeState = "kept"
    why: str = ""
    attention: Attention = field(default_factory=dict)
    step: DecodeStep | None = None

    def ids(self) -> tuple[int, ...]:
        """Its tokens from the first on."""
        return tuple(sprout.token for sprout in self.path())

    def path(self) -> list["Sprout"]:
        """Itself and all before it, the first one first."""
        found: list[Sprout] = []
        sprout: Sprout | None = self
        while sprout is not None:
            found.append(sprout)
            sprout = sprout.parent
        return found[::-1]

    def decided(
        self, found: Outlook, row: int, fact: Fact, attention: Attention, begun: int
    ) -> None:
        """Note how its token was decided, as number `begun` + depth of the text."""
        self.rank, self.attention = fact[3], attention
        self.step = found.step(row, begun + self.depth, fact, "beam", attention)

    def node(self, token: Token) -> Node:
        """What is told of it."""
        parent = None if self.parent is None else self.parent.id
        return Node(
            self.id, parent, self.depth, token, self.log, self.total, self.score, self.state,
            self.why, self.rank, self.attention, self.step,
        )  # fmt: skip


class Tree:
    """All sprouts in the order in which they came, and those that changed since last asked."""

    def __init__(self) -> None:
        self.sprouts: list[Sprout] = []
        self._changed: dict[int, Sprout] = {}

    def add(self, parent: Sprout | None, token: int, log: float, total: float) -> Sprout:
        """Another token after a text; its fate is said with `mark`."""
        depth = 0 if parent is None else parent.depth + 1
        sprout = Sprout(len(self.sprouts), parent, depth, token, log, total, total)
        self.sprouts.append(sprout)
        return sprout

    def planted(self, parent: Sprout | None, step: DecodeStep, total: float) -> Sprout:
        """A token of a text that was chosen by hand; texts share their beginnings."""
        for sprout in self.sprouts:
            if sprout.parent is parent and sprout.token == step.token.id:
                return sprout
        sprout = self.add(parent, step.token.id, step.log_probability, total)
        sprout.step, sprout.rank, sprout.attention = step, step.rank, step.attention
        self.mark(sprout, "kept", "chosen by hand")
        return sprout

    def mark(self, sprout: Sprout, state: NodeState, why: str) -> None:
        """Say what becomes of a text."""
        sprout.state, sprout.why = state, why
        self._changed[sprout.id] = sprout

    def news(self) -> list[Sprout]:
        """Those that came or changed since the last call."""
        changed, self._changed = self._changed, {}
        return [changed[id] for id in sorted(changed)]
