"""What was tried, in rows: each branch's own words, how it came about, its score; no Qt."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from explorer.messages.branches import Branch, Branches, Lineage
from explorer.messages.decoding import Wish
from explorer.messages.tokens import Token
from explorer.ui.widgets.attention_words import label, quoted
from explorer.ui.widgets.decision_words import starts_word


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A branch as a row; `rails` are the depths at which a line goes on below it.

    `own` are the words from where it leaves its parent on, `came` how that happened.
    """

    number: int
    depth: int
    own: str
    came: str
    score: str
    shown: bool = False
    compared: bool = False
    rails: Collection[int] = ()


def rows(branches: Branches, shown: Branch | None, compared: int) -> list[TriedRow]:
    """All branches as a tree from top to bottom."""
    lineage = branches.lineage()
    newest = max((branch.step for branch in branches.branches), default=0)
    found: list[TriedRow] = []
    below: set[int] = set()
    for line in reversed(lineage):
        below = {depth for depth in below if depth <= line.depth}
        branch = line.branch
        found.append(TriedRow(
            branch.number, line.depth, _own(line), _came(line, newest), score(branch),
            branch is shown, branch.number == compared, frozenset(below),
        ))  # fmt: skip
        below.add(line.depth)
    return found[::-1]


def _own(line: Lineage) -> str:
    own = words(step.token for step in line.branch.steps[line.shared :])
    return f"… {own}" if line.shared else own


def words(tokens: Iterable[Token]) -> str:
    """Written tokens as running text, marks left out."""
    parts: list[str] = []
    for token in tokens:
        if not token.special:
            parts.append((" " if starts_word(token) else "") + label(token))
    return "".join(parts).strip() or "(end)"


def _came(line: Lineage, newest: int) -> str:
    branch = line.branch
    parts = [how(branch)]
    if line.parent is not None:
        parts.append(f"leaves {line.parent.number} at token {line.shared + 1}")
    if branch.step != newest:
        parts.append(f"step {branch.step:,}")
    if not branch.decoding.finished:
        parts.append("cut off")
    return " · ".join(parts)


def how(branch: Branch) -> str:
    """By which wish a branch came about, in brief."""
    wish = branch.wish
    if wish.reference is not None:
        return "given text"
    parts = [part for part in (_method(wish), _forced(branch), _banned(branch)) if part]
    return ", ".join(parts) or "by itself"


def _method(wish: Wish) -> str:
    if wish.seeds:
        return "search from kept texts"
    config = wish.config
    if config is None:
        return ""
    match config.method:
        case "beam":
            return f"{config.beams} beams"
        case "sample":
            return f"drawn, seed {config.seed}"
        case "greedy":
            return "greedy"


def _forced(branch: Branch) -> str:
    wish = branch.wish
    if wish.text:
        return f"forced “{wish.text}”"
    last = len(wish.prefix) - 1
    came = wish.came[last] if 0 <= last < len(wish.came) else "forced"
    if last < 0 or came != "forced" or last >= len(branch.steps):
        return ""
    return f"forced {quoted(branch.steps[last].token)}"


def _banned(branch: Branch) -> str:
    bans = branch.wish.bans
    if not bans:
        return ""
    known = {c.token.id: c.token for step in branch.steps for c in step.candidates}
    if len(bans) == 1 and bans[0] in known:
        return f"without {quoted(known[bans[0]])}"
    return f"{len(bans)} banned"


def score(branch: Branch) -> str:
    """The text's log-probability, as the model says it."""
    return f"{branch.decoding.log_probability:,.3f}".replace("-", "−")


def row_help(branch: Branch) -> str:
    """The score at length."""
    loss = branch.decoding.loss
    return (
        f"Σ ln p = {score(branch)} over {len(branch.steps)} tokens, {loss:.3f} nats a token, as "
        f"the model says them at step {branch.step:,}."
    )
