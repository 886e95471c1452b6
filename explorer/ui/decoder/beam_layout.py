"""Where the texts of a beam search stand: a column a token, the best first; knows no Qt."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.messages.decoding import Decoding, Node

_ORDER = {"kept": 0, "finished": 0, "dropped": 1, "pruned": 2}


@dataclass(frozen=True, slots=True)
class BeamLayout:
    """`columns` hold node ids; `begun` is the decision that the first column stands for.

    `best` are the nodes of the text on show.
    """

    nodes: dict[int, Node] = field(default_factory=dict)
    columns: tuple[tuple[int, ...], ...] = ()
    begun: int = 0
    best: frozenset[int] = frozenset()

    def place(self, id: int) -> tuple[int, int]:
        """Column and row of a node."""
        column = self.nodes[id].depth
        return column, self.columns[column].index(id)

    def path(self, id: int) -> list[int]:
        """A node and all before it, the last one first."""
        found: list[int] = []
        at: int | None = id
        while at is not None and at in self.nodes:
            found.append(at)
            at = self.nodes[at].parent
        return found

    def at_decision(self, index: int) -> int | None:
        """The node of the text on show at a decision; the best one where it has none there."""
        column = index - self.begun
        if not 0 <= column < len(self.columns):
            return None
        mine = [id for id in self.columns[column] if id in self.best]
        return (mine or list(self.columns[column]))[0]

    @property
    def rows(self) -> int:
        """Texts of the fullest column."""
        return max(map(len, self.columns), default=0)


def layout(decoding: Decoding) -> BeamLayout:
    """The tree of a search, laid out; empty where there was none."""
    tree = decoding.tree
    if not tree:
        return BeamLayout()
    columns: dict[int, list[Node]] = defaultdict(list)
    for node in tree:
        columns[node.depth].append(node)
    first = tree[0]
    begun = 0 if first.step is None else first.step.index - first.depth
    return BeamLayout(
        {node.id: node for node in tree},
        tuple(_sorted(columns[depth]) for depth in range(max(columns) + 1)),
        begun, _best(decoding, begun),
    )  # fmt: skip


def _sorted(nodes: Sequence[Node]) -> tuple[int, ...]:
    """Those that were followed first, then by total."""
    found = sorted(nodes, key=lambda node: (_ORDER[node.state], -node.total))
    return tuple(node.id for node in found)


def _best(decoding: Decoding, begun: int) -> frozenset[int]:
    children = {(node.parent, node.token.id): node.id for node in decoding.tree}
    found: list[int] = []
    at: int | None = None
    for step in decoding.steps[begun:]:
        at = children.get((at, step.token.id))
        if at is None:
            break
        found.append(at)
    return frozenset(found)
