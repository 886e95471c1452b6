"""Every setting of the application, once: type, bounds, default and one line of help.

The settings form, the command line, preset files, checkpoints and tooltips all derive from here;
the sections have a file each.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.fields import Section
from explorer.messages.head_names import heads_named, require_heads
from explorer.messages.model_config import Architecture, ModelConfig
from explorer.messages.task_config import TaskConfig, TaskName, VocabularyKind
from explorer.messages.task_lengths import DIGIT_BY_DIGIT, LONGEST
from explorer.messages.tasks import TASK_INFO
from explorer.messages.training_config import TrainingConfig

__all__ = [
    "SECTIONS", "Architecture", "DecodingConfig", "ModelConfig", "RunConfig", "Section",
    "TaskConfig", "TaskName", "TrainingConfig", "VocabularyKind",
]  # fmt: skip


Title = Annotated[str, Field(max_length=200)]


class RunConfig(Section):
    """All settings of one run: what `run.toml` and a preset file hold."""

    title: Title = ""
    example: Title = ""
    model: ModelConfig = ModelConfig()
    task: TaskConfig = TaskConfig()
    training: TrainingConfig = TrainingConfig()
    decoding: DecodingConfig = DecodingConfig()

    @model_validator(mode="after")
    def _sections_fit(self) -> Self:
        for check in (
            self._check_architecture, self._check_vocabulary, self._check_lengths,
            self._check_heads,
        ):  # fmt: skip
            check()
        return self

    def _check_heads(self) -> None:
        try:
            require_heads(
                heads_named(self.training.frozen_heads), self.model.layers, self.model.heads
            )
        except ValueError as error:
            raise ValueError(f"training.frozen_heads: {error}") from None

    def _check_architecture(self) -> None:
        info, chosen = TASK_INFO[self.task.name], self.model.architecture
        if chosen not in info.architectures:
            raise ValueError(
                f"model.architecture: {chosen} does not fit the task “{info.title}”; choose "
                f"{' or '.join(info.architectures)}"
            )

    def _check_vocabulary(self) -> None:
        task, info = self.task, TASK_INFO[self.task.name]
        if task.name in DIGIT_BY_DIGIT and task.vocabulary == "word":
            raise ValueError(
                f"task.vocabulary: the task “{info.title}” has too many numbers for each to be a "
                "word; choose character"
            )
        label = info.form in ("aligned", "class") and self.model.architecture == "encoder-only"
        if label and not task.own and task.vocabulary != "word":
            raise ValueError(
                f"task.vocabulary: an encoder alone says one token for each word of the task "
                f"“{info.title}”, so words have to stay whole; choose word, not {task.vocabulary}"
            )

    def _check_lengths(self) -> None:
        model, task = self.model, self.task
        if task.name == "text" and task.context > model.max_length:
            raise ValueError(
                f"task.context: {task.context} tokens are more than the model reads "
                f"({model.max_length}, model.max_length)"
            )
        if task.name in LONGEST:
            self._check_examples_fit()
        if model.has_decoder and self.decoding.max_length > model.max_length:
            raise ValueError(
                f"decoding.max_length: {self.decoding.max_length} tokens are more than the model "
                f"can write ({model.max_length}, model.max_length)"
            )

    def _check_examples_fit(self) -> None:
        model, info = self.model, TASK_INFO[self.task.name]
        longest = LONGEST[self.task.name](self.task)
        needed = longest.read_at_once(model.architecture, signal=bool(info.signal))
        if needed > model.max_length:
            raise ValueError(
                f"model.max_length: the longest examples of the task “{info.title}” have "
                f"{longest.source} {'frames' if info.signal else 'tokens'} and {longest.target} to "
                f"write; a model that is {model.architecture} needs {needed} for them, but reads "
                f"at most {model.max_length}"
            )


SECTIONS: tuple[str, ...] = ("model", "task", "training", "decoding")
