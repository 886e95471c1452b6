"""From which texts a beam search goes on when a person keeps or drops one; knows no Qt."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from explorer.messages.decoding import Node

Seeds = tuple[tuple[int, ...], ...]
_FOLLOWED = ("kept", "finished")


def nodes_to(nodes: Sequence[Node], id: int) -> tuple[Node, ...]:
    """A text of the tree, from its first token on; empty where it is not in the tree."""
    by_id = {node.id: node for node in nodes}
    found: list[Node] = []
    at: int | None = id
    while at is not None and at in by_id:
        found.append(by_id[at])
        at = by_id[at].parent
    return tuple(reversed(found))


def path(nodes: Sequence[Node], id: int) -> tuple[int, ...]:
    """The token ids of a text of the tree, the first one first."""
    return tuple(node.token.id for node in nodes_to(nodes, id))


def beside(nodes: Sequence[Node], id: int) -> list[Node]:
    """The texts that were followed beside this one when it stood, and those ended before."""
    depth = next((node.depth for node in nodes if node.id == id), -1)
    return [
        node for node in nodes
        if node.id != id and (
            (node.depth == depth and node.state in _FOLLOWED)
            or (node.depth < depth and node.state == "finished")
        )
    ]  # fmt: skip


def alone(nodes: Sequence[Node], id: int) -> Seeds:
    """This text and no other; none where it is not in the tree."""
    return (path(nodes, id),) if any(node.id == id for node in nodes) else ()


def without(nodes: Sequence[Node], id: int) -> Seeds:
    """All that were followed but this one."""
    return tuple(path(nodes, node.id) for node in beside(nodes, id))


def within(nodes: Sequence[Node], id: int) -> Seeds:
    """This text too, in place of the worst one where as many are followed as the search can."""
    if all(node.id != id for node in nodes):
        return ()
    most = max(Counter(node.depth for node in nodes if node.state == "kept").values(), default=1)
    others = beside(nodes, id)
    running = sorted(
        (node for node in others if node.state == "kept"), key=lambda node: node.total, reverse=True
    )
    gone = {node.id for node in running[max(most - 1, 0) :]}
    return (path(nodes, id), *(path(nodes, n.id) for n in others if n.id not in gone))


def gone_on(before: Sequence[Node], now: Sequence[Node], seeds: Seeds) -> tuple[Node, ...]:
    """The tree that grew from seeds, with all that was there when they were chosen beside them.

    What was followed then and is no seed stands there as pruned.
    """
    deepest = max(map(len, seeds), default=0)
    known = {path(now, node.id): node.id for node in now}
    found, next_id = list(now), 1 + max((node.id for node in now), default=-1)
    ids: dict[int, int] = {}
    for node in before:
        if node.depth >= deepest:
            continue
        text = path(before, node.id)
        ids[node.id] = known.get(text, next_id)
        if text in known:
            continue
        next_id += 1
        parent = None if node.parent is None else ids[node.parent]
        here = replace(node, id=ids[node.id], parent=parent)
        if node.state in _FOLLOWED:
            here = replace(here, state="pruned", why="pruned by hand")
        found.append(here)
    return tuple(found)
