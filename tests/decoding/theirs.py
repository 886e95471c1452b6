"""`transformers`' `generate` on the weights of ours: three kinds of model behind both."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from explorer.data.coding import Coding, Vocabularies
from explorer.data.vocabulary import END, PAD, START, train_vocabulary
from explorer.messages.config import DecodingConfig, RunConfig
from explorer.messages.settings import with_values
from explorer.subjects.subject import Sentence, Subject, make_model
from tests.model import test_decoders_against_transformers as decoders
from tests.model import test_encoders_against_transformers as encoders
from tests.model.agreement import (
    FEED_FORWARD,
    HEADS,
    LAYERS,
    VOCABULARY,
    WIDTH,
    copy_weights,
    randomise,
)

transformers = pytest.importorskip("transformers", reason="transformers is not installed")

LONGEST = 12
WORDS = "a b c d e f g"
SHAPE = {
    "model.width": WIDTH, "model.heads": HEADS, "model.encoder_layers": LAYERS,
    "model.decoder_layers": LAYERS, "model.feed_forward": FEED_FORWARD, "model.dropout": 0.0,
    "model.max_length": LONGEST, "decoding.max_length": LONGEST, "task.max_length": 4,
}  # fmt: skip
BART = {
    "model.positions": "learned", "model.embedding_norm": True, "model.norm": "after",
    "model.activation": "gelu", "model.scale_embeddings": False,
}  # fmt: skip
GPT2 = {
    "model.architecture": "decoder-only", "model.positions": "learned",
    "model.activation": "gelu", "model.scale_embeddings": False, "task.name": "text",
    "task.context": 8,
}  # fmt: skip
TABLE = {
    "model.architecture": "decoder-only", "model.positions": "none", "model.norm_kind": "rms",
    "model.scale_embeddings": False, "model.tie_embeddings": False, "model.width": 12,
    "task.name": "text", "task.context": 8,
}  # fmt: skip


def subject(values: dict[str, Any]) -> Subject:
    """A model of ours of this shape, with eleven words."""
    config = with_values(RunConfig(), {**SHAPE, **values})
    words = train_vocabulary([WORDS], "word", VOCABULARY)
    assert len(words) == VOCABULARY
    coding = Coding(config, Vocabularies.one(words))
    return Subject("small", "", config, make_model(coding).eval(), coding)


def bart_pair(seed: int) -> tuple[Subject, Any]:
    """An encoder–decoder with BART's shape, drawn at random."""
    ours, theirs = subject(BART), encoders.bart("Bart", activation_function="gelu")
    _draw(theirs, "model.shared.weight", seed)
    copy_weights(ours.model, encoders.from_bart(dict(theirs.eval().named_parameters())))
    return _exact(ours, theirs)


def gpt2_pair(seed: int) -> tuple[Subject, Any]:
    """A decoder alone with GPT-2's shape, drawn at random."""
    ours, theirs = subject(GPT2), decoders.gpt2("gelu")
    _draw(theirs, "transformer.wte.weight", seed)
    copy_weights(ours.model, decoders.from_gpt2(dict(theirs.eval().named_parameters())))
    return _exact(ours, theirs)


def _draw(theirs: nn.Module, words: str, seed: int) -> None:
    """Everything at random; words differ enough for texts that vary, and end at any place."""
    randomise(theirs, seed)
    with torch.no_grad():
        theirs.get_parameter(words).mul_(2)[END].mul_(2)
        for name, parameter in theirs.named_parameters():
            if parameter.dim() == 1:  # Norms with large biases would say the same everywhere.
                parameter.mul_(0.3).add_(1.0 if name.endswith("weight") else 0.0)
            elif (
                "embed_positions" in name or "fc2" in name
            ):  # Or a token would follow itself for ever.
                parameter.mul_(4)


def _exact(ours: Subject, theirs: Any) -> tuple[Subject, Any]:
    """In float64, so that what differs by rounding alone does not decide between two texts."""
    ours.model.double()
    return ours, theirs.double()


class Table(transformers.PreTrainedModel, transformers.GenerationMixin):
    """A model of theirs whose logits are a row of a table, by the last token alone."""

    def __init__(self, table_VV: Tensor) -> None:
        super().__init__(transformers.PretrainedConfig(
            vocab_size=VOCABULARY, pad_token_id=PAD, bos_token_id=START, eos_token_id=END,
        ))  # fmt: skip
        self.table = nn.Parameter(table_VV)
        self.generation_config.use_cache = False

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, **kwargs: Any
    ) -> Any:
        """Logits of what follows each token."""
        return transformers.modeling_outputs.CausalLMOutput(logits=self.table[input_ids])

    def prepare_inputs_for_generation(self, input_ids: Tensor, **kwargs: Any) -> dict[str, Tensor]:
        """All tokens: nothing is remembered."""
        return {"input_ids": input_ids}


class _Rounded(nn.Linear):
    """Whole numbers, whatever the last bits of a product."""

    def forward(self, input: Tensor) -> Tensor:
        """Rounded logits."""
        return super().forward(input).round()


def table_pair(seed: int) -> tuple[Subject, Any]:
    """One logits function behind both, whole numbers from a few, so that ties are everywhere.

    Ours is a whole Transformer whose blocks add nothing: the norm of a token's own unit vector
    picks a column of the output layer.
    """
    chance = torch.Generator().manual_seed(seed)
    table_VV = torch.randint(-2, 3, (VOCABULARY, VOCABULARY), generator=chance).float()
    ours = subject(TABLE)
    model = ours.model
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        for name, parameter in model.named_parameters():
            if name == "decoder_norm.weight":
                parameter.fill_(1)
        assert model.target_embedding is not None
        model.target_embedding.weight[:, :VOCABULARY] = torch.eye(VOCABULARY)
        unit = model.decoder_norm(model.target_embedding.weight[START])[START]
        model.output.weight[:, :VOCABULARY] = table_VV.T / unit
    model.output.__class__ = _Rounded
    return ours, Table(table_VV).eval()


PAIRS = {"bart": bart_pair, "gpt2": gpt2_pair, "table": table_pair}


def prompt(ours: Subject, seed: int) -> Sentence:
    """One to five words, drawn at random."""
    chance = torch.Generator().manual_seed(seed)
    count = int(torch.randint(1, 6, (), generator=chance))
    drawn = torch.randint(0, 7, (count,), generator=chance)
    return ours.source(" ".join(WORDS.split()[n] for n in drawn))


def generate(
    ours: Subject, theirs: Any, source: Sentence, config: DecodingConfig,
    prefix: Sequence[int] = (), bans: Sequence[int] = (), room: int = LONGEST, **options: Any,
) -> Any:  # fmt: skip
    """What `generate` makes of a prompt: new ids, scores of sequences, scores of steps."""
    ids = torch.tensor([source.ids])
    if ours.architecture == "decoder-only":
        ids = torch.cat([ids, torch.tensor([list(prefix)], dtype=torch.long)], 1)
        begun = ids.shape[1]
    else:
        options["decoder_input_ids"] = torch.tensor([[START, *prefix]])
        begun = 1 + len(prefix)
    found = theirs.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=room - len(prefix), min_length=0,
        repetition_penalty=config.repetition_penalty, suppress_tokens=list(bans) or None,
        output_scores=True, output_logits=True, return_dict_in_generate=True, **options,
    )  # fmt: skip
    return SimpleNamespace(
        ids=[_cut(row) for row in found.sequences[:, begun:].tolist()],
        sums=getattr(found, "sequences_scores", None), scores=found.scores, logits=found.logits,
    )  # fmt: skip


def _cut(ids: list[int]) -> list[int]:
    """Without the padding after the end; padding that the model wrote before it stays."""
    return ids[: ids.index(END) + 1] if END in ids else ids
