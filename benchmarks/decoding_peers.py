"""A model of ours and one of `transformers` with the same weights, for `benchmarks.decoding`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import transformers
from torch import Tensor, nn

from benchmarks.views_real import STORIES, folder
from explorer.data.coding import Coding, Vocabularies
from explorer.data.vocabulary import END, START, train_vocabulary
from explorer.messages.config import RunConfig
from explorer.messages.settings import with_values
from explorer.subjects.opening import open_subject
from explorer.subjects.subject import Sentence, Subject, make_model

WORDS = 500
LONGEST = 640
_BART = {
    r"model\.shared\.": "source_embedding.",
    r"model\.encoder\.embed_positions\.": "positions.embedding.",
    r"model\.encoder\.layernorm_embedding\.": "embedding_norm.",
    r"model\.(encoder|decoder)\.layers\.(\d+)\.self_attn_layer_norm": r"\1.\2.residual_1.norm",
    r"model\.decoder\.layers\.(\d+)\.encoder_attn_layer_norm": r"decoder.\1.residual_2.norm",
    r"model\.encoder\.layers\.(\d+)\.final_layer_norm": r"encoder.\1.residual_2.norm",
    r"model\.decoder\.layers\.(\d+)\.final_layer_norm": r"decoder.\1.residual_3.norm",
    r"model\.(encoder|decoder)\.layers\.": r"\1.",
    r"\.self_attn\.": ".self_attention.", r"\.encoder_attn\.": ".cross_attention.",
    r"\.q_proj\.": ".query.", r"\.k_proj\.": ".key.", r"\.v_proj\.": ".value.",
    r"\.out_proj\.": ".output.", r"\.fc1\.": ".feed_forward.expand.",
    r"\.fc2\.": ".feed_forward.contract.",
}  # fmt: skip
_GPT2 = {
    r"transformer\.wte\.": "target_embedding.", r"transformer\.wpe\.": "positions.embedding.",
    r"transformer\.ln_f\.": "decoder_norm.", r"transformer\.h\.": "decoder.",
    r"\.ln_1\.": ".residual_1.norm.", r"\.ln_2\.": ".residual_3.norm.",
    r"\.attn\.c_proj\.": ".self_attention.output.",
    r"\.mlp\.c_fc\.": ".feed_forward.expand.", r"\.mlp\.c_proj\.": ".feed_forward.contract.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A pair of models: ours is `subject`, theirs `peer`."""

    name: str
    title: str
    architecture: str
    width: int
    heads: int
    layers: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """Our settings of this shape."""
        both = self.architecture == "encoder-decoder"
        return {
            "model.architecture": self.architecture, "model.width": self.width,
            "model.heads": self.heads, "model.encoder_layers": self.layers,
            "model.decoder_layers": self.layers, "model.feed_forward": 4 * self.width,
            "model.positions": "learned", "model.activation": "gelu",
            "model.scale_embeddings": False, "model.embedding_norm": both,
            "model.norm": "after" if both else "before", "model.max_length": LONGEST,
            "decoding.max_length": LONGEST, "task.name": "pairs" if both else "text",
        }  # fmt: skip


SHAPES = (
    Shape("bart-64", "encoder–decoder, BART, width 64, 2+2 layers", "encoder-decoder", 64, 4, 2),
    Shape("bart-128", "encoder–decoder, BART, width 128, 3+3 layers", "encoder-decoder", 128, 8, 3),
    Shape("gpt-64", "decoder only, GPT-2, width 64, 2 layers", "decoder-only", 64, 4, 2),
    Shape("gpt-128", "decoder only, GPT-2, width 128, 4 layers", "decoder-only", 128, 4, 4),
    Shape("gpt-768", "decoder only, GPT-2 small's blocks, 12 layers", "decoder-only", 768, 12, 12),
)
SMALL = ("bart-64", "bart-128", "gpt-64", "gpt-128")
"""The shapes that the wanted figure speaks of."""


REAL = (STORIES,)
"""Real models that write, by name."""
TEXT = " ".join(f"w{n * 37 % 499}" for n in range(12))
BEGINNING = "Once upon a time"


@dataclass(frozen=True, slots=True)
class Pair:
    """One model as ours and as theirs, the text that both go on from, and what ends a text."""

    name: str
    title: str
    subject: Subject
    peer: Any
    text: str
    ends: tuple[int, ...]

    def room(self, source: Sentence) -> int:
        """Tokens that it can write after a source."""
        model = self.subject.config.model
        read = len(source.ids) if self.subject.architecture == "decoder-only" else 1
        return model.max_length - read


def open_pair(name: str) -> Pair:
    """A real model, opened by us as a folder from outside and by its own library."""
    path = str(folder(name))
    subject = open_subject(path, torch.device("cpu"))
    peer = transformers.AutoModelForCausalLM.from_pretrained(path, attn_implementation="eager")
    layers, heads = subject.config.model.decoder_layers, subject.config.model.heads
    title = f"{name}, a Llama from outside, {layers} layers of {heads} heads"
    return Pair(name, title, subject, peer.eval(), BEGINNING, tuple(sorted(subject.ends)))


def make_pair(shape: Shape) -> Pair:
    """Ours and theirs, with the same numbers drawn at random."""
    torch.manual_seed(0)
    config = with_values(RunConfig(), shape.settings)
    words = [" ".join(f"w{n}" for n in range(WORDS))]
    coding = Coding(config, Vocabularies.one(train_vocabulary(words, "word", WORDS + 10)))
    ours = make_model(coding).eval()
    theirs = _peer(shape, len(coding.vocabularies.target)).eval()
    for parameter in theirs.parameters():
        nn.init.normal_(parameter, std=0.5 if parameter.dim() < 2 else shape.width**-0.5)
    _copy(ours, _translated(shape, dict(theirs.named_parameters())))
    subject = Subject(shape.name, "", config, ours, coding)
    return Pair(shape.name, shape.title, subject, theirs, TEXT, (END,))


def _peer(shape: Shape, vocabulary: int) -> Any:
    common = {
        "vocab_size": vocabulary, "pad_token_id": 0, "bos_token_id": START, "eos_token_id": END,
        "attn_implementation": "eager",
    }  # fmt: skip
    if shape.architecture == "decoder-only":
        return transformers.GPT2LMHeadModel(transformers.GPT2Config(
            n_positions=LONGEST, n_embd=shape.width, n_layer=shape.layers, n_head=shape.heads,
            activation_function="gelu", **common,
        ))  # fmt: skip
    theirs = transformers.BartForConditionalGeneration(transformers.BartConfig(
        max_position_embeddings=LONGEST, d_model=shape.width, encoder_layers=shape.layers,
        decoder_layers=shape.layers, encoder_ffn_dim=4 * shape.width,
        decoder_ffn_dim=4 * shape.width, encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads, activation_function="gelu",
        decoder_start_token_id=START, forced_eos_token_id=None, **common,
    ))  # fmt: skip
    encoder, decoder = theirs.model.encoder, theirs.model.decoder
    # Ours has one table of places and one norm after the embeddings, on both sides.
    decoder.embed_positions = encoder.embed_positions
    decoder.layernorm_embedding = encoder.layernorm_embedding
    return theirs


def _translated(shape: Shape, table: Mapping[str, Tensor]) -> dict[str, Tensor]:
    if shape.architecture == "encoder-decoder":
        found = {_renamed(name, _BART): tensor for name, tensor in table.items()}
        places = "positions.embedding.weight"
        return found | {places: found[places][2:]}  # BART's first two places are unused.
    # GPT-2 keeps its matrices the other way round, and queries, keys and values in one.
    found = {
        _renamed(name, _GPT2): tensor.T if tensor.dim() == 2 and ".h." in name else tensor
        for name, tensor in table.items()
    }
    for name in [name for name in found if ".c_attn." in name]:
        parts = found.pop(name).chunk(3, dim=0)
        for kind, part in zip(("query", "key", "value"), parts, strict=True):
            found[name.replace(".attn.c_attn.", f".self_attention.{kind}.")] = part
    return found


def _renamed(name: str, rules: Mapping[str, str]) -> str:
    for pattern, new in rules.items():
        name = re.sub(pattern, new, name)
    return name


@torch.no_grad()
def _copy(ours: nn.Module, table: Mapping[str, Tensor]) -> None:
    names = {name for name, _ in ours.named_parameters()}
    assert names == set(table), _unlike(names, table)
    for name, parameter in ours.named_parameters():
        parameter.copy_(table[name])


def _unlike(names: Iterable[str], table: Iterable[str]) -> str:
    return f"only one of both has {sorted(set(names) ^ set(table))}"
