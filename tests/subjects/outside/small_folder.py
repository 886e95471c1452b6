"""A folder of `transformers` as one downloads it, small and with random weights."""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from tests.subjects.outside.families import FAMILIES

_TEXT = (
    "the old cat sleeps on the chair near the fire and the dog doesn't like it\n"
    "once upon a time there was a little girl who loved to play in the park\n"
)
SPECIALS = ("<pad>", "<unk>", "<s>", "</s>", "<mask>")


def small_folder(path: Path, family: str = "llama") -> Path:
    """Weights and tokenizer of a family, saved as the library saves them."""
    FAMILIES[family].make().save_pretrained(path)
    small_tokenizer(family).save_pretrained(path)
    return path


def small_tokenizer(family: str = "llama") -> Any:
    """Byte-level pieces for GPT-2 and BART; else pieces that begin with ▁."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    if family in ("gpt2", "bart", "roberta"):
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=60, special_tokens=list(SPECIALS), show_progress=False)
    tokenizer.train_from_iterator([_TEXT] * 3, trainer)
    if FAMILIES[family].architecture != "decoder-only":
        ends = [("<s>", 2), ("</s>", 3)]
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=ends
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>",
        pad_token="<pad>", mask_token="<mask>", sep_token="</s>", model_max_length=128,
    )  # fmt: skip
