"""Prints the tables of docs/measures.md: `python -m docs.measures_table`."""

from collections.abc import Iterator

from explorer.messages.measures import MEASURES, ROLES, SELF, Measure


def lines() -> Iterator[str]:
    """Every measure, then every role."""
    yield "| measure | what it is | unit | of | source |"
    yield "|---|---|---|---|---|"
    for measure in MEASURES:
        definition = measure.definition.replace("|", "\\|")
        yield (
            f"| **{measure.title}** `{measure.key}` | {definition} | {measure.unit} "
            f"| {_of(measure)} | {measure.source} |"
        )
    yield ""
    yield "| role | when |"
    yield "|---|---|"
    for role in ROLES:
        yield f"| **{role.title}** | {role.definition} |"


def _of(measure: Measure) -> str:
    if measure.kinds == SELF:
        return "self-attention"
    if len(measure.kinds) == 3:
        return "all"
    return ", ".join(kind.value for kind in measure.kinds)


if __name__ == "__main__":
    print("\n".join(lines()))
