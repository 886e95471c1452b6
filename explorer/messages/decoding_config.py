"""The settings of how a model writes; filters and scores mean what they mean in `transformers`."""

from typing import Literal, Self

from pydantic import model_validator

from explorer.messages.fields import Section, setting

Method = Literal["greedy", "beam", "sample"]
_BEAM = {"decoding.method": ("beam",)}
_SAMPLE = {"decoding.method": ("sample",)}


class DecodingConfig(Section):
    """How the model writes."""

    max_length: int = setting(
        100, "Longest output", "Tokens after which writing stops.", unit="tokens", ge=1, le=65536
    )
    candidates: int = setting(
        8, "Candidates", "Rivals of each token that are kept with their probabilities.",
        symbol="k", ge=1, le=100,
    )  # fmt: skip
    method: Method = setting(
        "greedy", "Method",
        "Greedy takes the most likely token each time; beam follows several texts and takes the "
        "best whole one; sample draws each token by its probability.",
    )  # fmt: skip
    repetition_penalty: float = setting(
        1.0, "Repetition penalty", "Makes tokens that stand there already less likely: their "
        "positive logits are divided by it, negative ones multiplied (Keskar et al., 2019); 1 "
        "changes nothing.",
        symbol="θ", ge=0.1, le=10,
    )  # fmt: skip
    temperature: float = setting(
        1.0, "Temperature", "Logits are divided by it: below 1 likely tokens win more often, "
        "above 1 unlikely ones get a chance.",
        symbol="T", ge=0.01, le=100, needs=_SAMPLE,
    )  # fmt: skip
    top_k: int = setting(
        0, "Top k", "Only so many of the most likely tokens are drawn from (Fan et al., 2018).",
        symbol="k", ge=0, le=1_000_000, special="off", needs=_SAMPLE,
    )  # fmt: skip
    top_p: float = setting(
        1.0, "Top p", "Only the most likely tokens whose probabilities together reach this are "
        "drawn from (nucleus, Holtzman et al., 2020); 1 cuts nothing.",
        symbol="p", gt=0, le=1, needs=_SAMPLE,
    )  # fmt: skip
    min_p: float = setting(
        0.0, "Min p", "Tokens with less than this share of the most likely one's probability are "
        "cut off (Nguyen et al., 2024).",
        ge=0, le=1, special="off", needs=_SAMPLE,
    )  # fmt: skip
    typical: float = setting(
        1.0, "Typical", "Only the tokens whose surprise is closest to the expected one, so many "
        "that they together have this probability, are drawn from (Meister et al., 2023); 1 cuts "
        "nothing.",
        symbol="τ", gt=0, le=1, needs=_SAMPLE,
    )  # fmt: skip
    seed: int = setting(
        0, "Seed of the draws", "Same seed, same text.", ge=0, le=2**31 - 1, needs=_SAMPLE
    )
    beams: int = setting(
        4, "Beams", "Unfinished texts that are followed at once.", symbol="b", ge=1, le=1024,
        needs=_BEAM,
    )  # fmt: skip
    length_penalty: float = setting(
        1.0, "Length penalty", "A text's log-probability is divided by its length to this power: "
        "0 favours short texts, more favours long ones.",
        symbol="α", ge=-10, le=10, needs=_BEAM,
    )  # fmt: skip
    n_best: int = setting(
        1, "Best texts", "Finished texts that are told, the best first; at most as many as beams.",
        symbol="n", ge=1, le=1024, needs=_BEAM,
    )  # fmt: skip
    beam_stop: Literal["estimate", "full", "never"] = setting(
        "estimate", "Search ends",
        "When as many texts as beams are finished and the best unfinished one, scored at its "
        "present length, is no better (estimate); as soon as so many are finished (full); or when "
        "no unfinished one could get better at any length (never before).",
        needs=_BEAM,
    )  # fmt: skip

    @model_validator(mode="after")
    def _best_are_beams(self) -> Self:
        if self.method == "beam" and self.n_best > self.beams:
            raise ValueError(
                f"decoding.n_best: {self.n_best} texts are more than the search follows "
                f"({self.beams}, decoding.beams)"
            )
        return self
