"""A trace as a short summary in words."""

from collections.abc import Iterator

from explorer.messages.foreign import at_step
from explorer.messages.results import Trace


def summary(trace: Trace) -> Iterator[str]:
    """For each head, where its queries look most, in one line."""
    yield at_step(trace.model, trace.step)
    yield "source  " + " ".join(token.text for token in trace.source)
    yield "target  " + " ".join(token.text for token in trace.target)
    for site, weights in trace.weights.items():
        keys = trace.keys(site.kind)
        for head in range(weights.shape[0]):
            map_QK = weights[head]
            best = " ".join(keys[k].text for k in map_QK.argmax(-1))
            yield f"{site!s:<10} head {head + 1}  {map_QK.max(-1).mean():.2f}  {best}"
