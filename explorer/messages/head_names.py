"""Heads by name, as settings and commands write them: `cross.0.3` is site, layer and head."""

from collections.abc import Iterable

from explorer.messages.tokens import Site, SiteKind

Head = tuple[Site, int]


def heads_named(text: str) -> tuple[Head, ...]:
    """The heads of a list with commas, sorted, each once; layers and heads count from 0.

    Raises `ValueError` in words for what names no head.
    """
    parts = [part.strip() for part in text.split(",")]
    return tuple(sorted({_head(part) for part in parts if part}))


def _head(name: str) -> Head:
    kind, _, rest = name.partition(".")
    layer, _, head = rest.partition(".")
    if kind in set(SiteKind) and layer.isdecimal() and head.isdecimal():
        return Site(SiteKind(kind), int(layer)), int(head)
    raise ValueError(f"“{name}” names no head; write it as cross.0.3: site, layer, head, from 0")


def names_of(heads: Iterable[Head]) -> str:
    """The list that `heads_named` reads."""
    return ", ".join(f"{site}.{head}" for site, head in sorted(heads))


def require_heads(heads: Iterable[Head], layers: dict[SiteKind, int], count: int) -> None:
    """Raise `ValueError` for a head that a model with so many layers and heads has not."""
    for site, head in heads:
        if site.layer >= layers.get(site.kind, 0) or head >= count:
            has = ", ".join(f"{kind} {number}" for kind, number in layers.items() if number)
            raise ValueError(
                f"{site}.{head} is no head of this model: it has {count} heads in each of its "
                f"layers ({has}), counted from 0"
            )
