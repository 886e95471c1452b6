"""What a row of the list of runs says, in words."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import PurePath

from explorer.messages.runs import RunInfo
from explorer.messages.settings import Setting, all_settings
from explorer.ui.widgets.figures import count, size
from explorer.ui.widgets.model_words import shape


@dataclass(frozen=True, slots=True)
class Here:
    """What this window does: the folder of the model that is open, and of the run that it trains.

    `state` is that of the run: running, paused, following, or empty.
    """

    opened: str = ""
    trained: str = ""
    state: str = ""


def state_words(run: RunInfo, here: Here) -> tuple[str, str]:
    """A run's state in a word or two, and the name of its colour in the theme."""
    if run.trouble:
        return "damaged", "bad"
    if run.path == here.trained and here.state in ("running", "paused"):
        return ("training", "accent") if here.state == "running" else ("paused", "warning")
    if run.trained:
        return "training elsewhere", "accent"
    opened = " · open" if run.path == here.opened else ""
    if run.kind == "sample":
        return f"sample{opened}", "muted"
    if run.step >= run.steps:
        return f"finished{opened}", "good"
    return ("stopped" if run.step else "not begun") + opened, "muted"


def figures(run: RunInfo) -> str:
    """The last figures on held-out data."""
    said = [f"loss {run.loss:.3g}"] if run.loss is not None else []
    if run.exact_match is not None:
        said.append(f"{run.exact_match:.1%} exact")
    elif run.accuracy is not None:
        said.append(f"{run.accuracy:.1%} right")
    return " · ".join(said) or "not measured yet"


def steps(run: RunInfo) -> str:
    """`2,000`, or `800 of 2,000`."""
    return count(run.step) if run.step >= run.steps else f"{count(run.step)} of {count(run.steps)}"


def settings(run: RunInfo) -> str:
    """How far it is, and the model's shape; of a fork, what was changed there."""
    changed = ", ".join(f"{path.partition('.')[2]} = {value}" for path, value in run.changed)
    return f"{steps(run)} steps · {changed or shape(run.config.model)}"


def origin(run: RunInfo, now: datetime | None = None) -> str:
    """What it learns, when it began, what it takes on disk, and whence it comes."""
    said = [run.config.task.name, *([day(run.created, now)] if run.created else [])]
    said.append(size(run.bytes))
    if run.parent:
        said.append(f"fork at {count(run.parent_step)} of {PurePath(run.parent).name}")
    if run.kind == "elsewhere":
        said.append("elsewhere")
    return " · ".join(said)


def day(created: str, now: datetime | None = None) -> str:
    """`29 Nov 17:20` this year, `29 Nov 2025` before; as it stands where it makes no sense."""
    try:
        moment = datetime.fromisoformat(created).astimezone()
    except ValueError:
        return created
    this_year = moment.year == (now or datetime.now()).year
    return f"{moment.day} {moment:%b %H:%M}" if this_year else f"{moment.day} {moment:%b %Y}"


def details(run: RunInfo) -> str:
    """All of it, for a tooltip: place, what was set otherwise than by default, and notes."""
    if run.trouble:
        return run.trouble
    said = [run.path, settings(run), figures(run), origin(run)]
    if run.changed:
        said.append("Changed at the fork: " + ", ".join(f"{p} = {v}" for p, v in run.changed))
    set_ = [
        f"{s.path} = {value}"
        for s in _settings()
        if (value := getattr(getattr(run.config, s.section), s.name)) != s.default
    ]
    said.append("Set: " + ", ".join(set_))
    return "\n".join([*said, run.notes.strip()]).strip()


@cache
def _settings() -> tuple[Setting, ...]:
    return tuple(all_settings())


def total(runs: list[RunInfo]) -> str:
    """How many runs there are, and what those that are the user's own take on disk."""
    own = [run for run in runs if run.kind != "sample"]
    if not own:
        return "No runs of your own yet; press Train to make one."
    many = "1 run" if len(own) == 1 else f"{count(len(own))} runs"
    return f"{many} of your own, {size(sum(run.bytes for run in own))} on disk"
