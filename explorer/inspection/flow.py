"""Attention flow: the maximum flow from a query down to an input token (Abnar and Zuidema, 2020).

Every weight is the capacity of an edge. Axes: Q query position, K key position.
"""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_flow

from explorer.inspection.layered import Layered
from explorer.messages.heads import Floats

UNIT = 1 << 28
"""Capacities are whole numbers of so many parts; each is off by half a part, 2e-9, at most."""


class Network:
    """The graph of a trace as capacities between nodes, of which each token has one a level."""

    def __init__(self, graph: Layered) -> None:
        sizes = _sizes(graph)
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
        self._graph = graph
        self.queries, self.keys = sizes[-1], sizes[graph.origin]
        rows, columns, parts = (
            np.concatenate(found) for found in zip(*map(self._edges, graph.steps), strict=True)
        )
        count = int(self._starts[-1])
        self._capacities = csr_array(coo_array((parts, (rows, columns)), shape=(count, count)))

    def _edges(self, step) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        parts_QK = np.rint(step.weights_QK.astype(np.float64) * UNIT).astype(np.int32)
        rows, columns = parts_QK.nonzero()
        up, down = self._starts[step.upper], self._starts[step.lower]
        return rows + up, columns + down, parts_QK[rows, columns]

    def _ends(self, query: int, key: int) -> tuple[int, int]:
        top, bottom = len(self._graph.levels) - 1, self._graph.origin
        return int(self._starts[top]) + query, int(self._starts[bottom]) + key

    def row(self, query: int) -> Floats:
        """The maximum flow from a query to each key, each by itself."""
        found = [
            maximum_flow(self._capacities, *self._ends(query, key)).flow_value
            for key in range(self.keys)
        ]
        return (np.array(found) / UNIT).astype(np.float32)

    def path(self, query: int, key: int) -> tuple[float, tuple[Floats, ...]]:
        """The maximum flow of one pair, and what each step of the graph carries of it."""
        found = maximum_flow(self._capacities, *self._ends(query, key))
        flow = csr_array(found.flow)
        carried = tuple(self._carried(flow, step) for step in self._graph.steps)
        return found.flow_value / UNIT, carried

    def _carried(self, flow: csr_array, step) -> Floats:
        up, down = self._starts[step.upper], self._starts[step.lower]
        queries, keys = step.weights_QK.shape
        part = flow[up : up + queries, down : down + keys].toarray()
        return (np.maximum(part, 0) / UNIT).astype(np.float32)


def _sizes(graph: Layered) -> list[int]:
    sizes = [0] * len(graph.levels)
    for step in graph.steps:
        sizes[step.upper], sizes[step.lower] = step.weights_QK.shape
    return sizes


def flow_rows(graph: Layered) -> Iterator[Floats]:
    """The rows of the map, one query after another."""
    network = Network(graph)
    for query in range(network.queries):
        yield network.row(query)
