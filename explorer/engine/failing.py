"""What a failure concerns, and what to do where memory ran out."""

from typing import Literal

from explorer.messages.commands import (
    Command,
    Decode,
    ExportModel,
    FollowRun,
    Inspect,
    Lens,
    OpenModel,
    StopFetching,
)
from explorer.messages.runs import RunCommand
from explorer.messages.travel import GoTo, InspectParent, Travel

About = Literal["sentence", "model", "training", "engine", "runs"]


def no_memory(command: Command) -> str:
    """What to do, by what was asked for."""
    if isinstance(command, Inspect | Decode | Lens):
        return "Memory ran out for this sentence; type a shorter one."
    return (
        "Memory ran out. Take a smaller model (model.width, the layers), a smaller "
        "training.batch_size, or close other programs."
    )


def about(command: Command) -> About:
    """What a command is about."""
    if isinstance(command, RunCommand):
        return "runs"
    match command:
        case OpenModel() | ExportModel() | FollowRun() | StopFetching():
            return "model"
        case GoTo() | Travel() | InspectParent():
            return "model"
        case Inspect() | Decode() | Lens():
            return "sentence"
        case _:
            return "training"
