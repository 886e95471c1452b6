"""Beam search: several texts at once, and all that becomes of them.

Definitions, scores and the order in which equals are taken are those of `transformers`'
`generate`: a text's total is the sum of its log-probabilities (after repetition penalty and
bans), its score that total divided by its length to the power of the length penalty. Axes:
R running text, B beam, V vocabulary, E token that ends a text, K the best continuations of all
texts, 1 + E times as many as beams, so that enough are left where many of them end.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.decoding.beam_tree import Sprout, Tree
from explorer.decoding.deciding import Attention, Outlook, outlook
from explorer.decoding.reading import Reading, room_for
from explorer.messages.decoding import DecodeStep, How, Hypothesis, Node
from explorer.messages.decoding_config import DecodingConfig
from explorer.subjects.subject import Sentence, SentenceError, Subject

NEVER = -1e9
"""The score of a text that is not there."""
_REAL = NEVER / 2


@dataclass(slots=True)
class _Finished:
    """The best ended texts, as many places as beams; places that are not taken score `NEVER`."""

    scores_B: Tensor
    texts: list[Sprout | None]

    @property
    def full(self) -> bool:
        """Whether every place is taken."""
        return all(text is not None for text in self.texts)


class BeamSearch:
    """One search; `rounds` goes on with it, a token of all texts each time."""

    def __init__(
        self, subject: Subject, config: DecodingConfig, reading: Reading, room: int,
        given: tuple[DecodeStep, ...], bans: Collection[int],
    ) -> None:  # fmt: skip
        self._words, self._config = subject.coding.vocabularies.target, config
        self._reading, self._given, self._bans = reading, given, bans
        self._limit, self._ends = room, subject.ends
        self._ends_E = reading.read_BT.new_tensor(sorted(subject.ends))
        self._tree = Tree()
        self._running: list[Sprout | None] = [None]
        self._totals_B = self._scores([0.0])
        self._finished = _Finished(self._scores([]), [None] * config.beams)
        self._length, self._hopeful = 0, True

    def _scores(self, scores: Sequence[float]) -> Tensor:
        rest = [NEVER] * (self._config.beams - len(scores))
        return torch.tensor([*scores, *rest], device=self._reading.read_BT.device)

    def plant(self, seeds: Sequence[Sequence[int]]) -> None:
        """Go on from these texts instead of from nothing; all others count as pruned."""
        running = [ids for ids in seeds if ids[-1] not in self._ends]
        self._require(seeds, running)
        begun = self._reading.branch()
        texts = {tuple(ids): self._planted(ids) for ids in seeds}
        self._length = max(map(len, running or seeds))
        self._running = [texts[tuple(ids)] for ids in running]
        self._totals_B = self._scores([text.total for text in self._running if text])
        self._reading = begun
        if running:
            begun.keep([0] * len(running))
            begun.read_given(torch.tensor(running, device=self._totals_B.device))
        for ids in seeds:
            if ids[-1] in self._ends:
                self._keep_ended(texts[tuple(ids)])

    def _require(self, seeds: Sequence[Sequence[int]], running: Sequence[Sequence[int]]) -> None:
        beams = self._config.beams
        if len(set(map(len, running))) > 1:
            raise SentenceError("The texts that a search goes on from must be equally long.")
        if len(running) > beams or len(seeds) - len(running) > beams:
            raise SentenceError(
                f"{len(seeds)} texts are more than the search follows ({beams}, decoding.beams)."
            )
        if any(len(ids) > self._limit for ids in seeds):
            raise SentenceError(f"The texts to go on from have more than {self._limit} tokens.")

    def _planted(self, ids: Sequence[int]) -> Sprout:
        """A text chosen by hand, with what the model thinks of each of its tokens."""
        reading, parent = self._reading.branch(), None
        for step in reading.given(ids, (), self._config, self._bans, len(self._given)):
            log = math.log(step.final) if step.final else step.log_probability
            total = log if parent is None else parent.total + log
            parent = self._tree.planted(parent, step, total)
            parent.score = total / (parent.depth + 1) ** self._config.length_penalty
        assert parent is not None
        return parent

    def _keep_ended(self, text: Sprout) -> None:
        place = self._finished.texts.index(None)
        self._finished.texts[place] = text
        self._finished.scores_B[place] = text.score
        self._tree.mark(text, "finished", "ended; kept by hand")
        best = self._finished.scores_B.sort(descending=True, stable=True)
        texts = [self._finished.texts[n] for n in best.indices.tolist()]
        self._finished = _Finished(best.values, texts)

    def rounds(self) -> Iterator[list[Node]]:
        """One token more for every text each time; what is new or changed in the tree."""
        while self._going():
            self._round()
            yield self._news()
        for text in self._running:
            if text is not None and text.state == "kept":
                self._tree.mark(text, "dropped", "the search ended before this text did")
        yield self._news()

    def run(self) -> "BeamSearch":
        """The search when it is over."""
        for _ in self.rounds():
            pass
        return self

    def _going(self) -> bool:
        early = self._config.beam_stop == "full" and self._finished.full
        return bool(self._running) and self._hopeful and not early and self._length < self._limit

    @torch.no_grad()
    def _round(self) -> None:
        logits_RV, paid = self._reading.logits()
        read_RT = self._reading.read_BT
        found = outlook(self._words, logits_RV, read_RT, self._config, self._bans)
        top_K, index_K = self._best(found.scores_BV)
        words = logits_RV.shape[1]
        rows, tokens = index_K // words, index_K % words
        texts = self._grow(found, paid, rows.tolist(), tokens.tolist(), top_K.tolist())
        ended_K = torch.isin(tokens, self._ends_E) | (self._length + 1 >= self._limit)
        self._finish(texts, top_K, ended_K)
        self._go_on(texts, top_K, ended_K, rows)
        self._length += 1
        self._hopeful = self._hopeful and self._can_improve()

    def _best(self, scores_RV: Tensor) -> tuple[Tensor, Tensor]:
        """The best continuations of all texts, and where they stand in the table of beams.

        A table that is filled up as theirs is takes equals in the same order.
        """
        rows, words = scores_RV.shape
        table_BV = scores_RV[:1].expand(self._config.beams, words) + NEVER
        table_BV[:rows] = scores_RV + self._totals_B[:rows, None]
        count = max(2, 1 + len(self._ends))
        best = table_BV.flatten().topk(min(count, words) * self._config.beams)
        return best.values, best.indices

    def _grow(
        self, found: Outlook, paid: Sequence[Attention], rows: list[int], tokens: list[int],
        totals: list[float],
    ) -> list[Sprout | None]:  # fmt: skip
        """A sprout for each continuation; None for one that is there only to fill the table."""
        last = len(found.log_BV) - 1
        facts = found.facts([min(row, last) for row in rows], tokens)
        texts: list[Sprout | None] = []
        for row, fact, total in zip(rows, facts, totals, strict=True):
            texts.append(None)
            if total > _REAL:
                parent = self._running[row]
                text = texts[-1] = self._tree.add(parent, fact[0], fact[1], total)
                text.decided(found, row, fact, paid[row], len(self._given))
                text.score = total / (self._length + 1) ** self._config.length_penalty
        return texts

    def _finish(self, texts: list[Sprout | None], top_K: Tensor, ended_K: Tensor) -> None:
        """Take ended texts among the best, of which there are as many as beams."""
        beams, old = self._config.beams, self._finished
        first_K = torch.arange(len(top_K), device=top_K.device) < beams
        score_K = top_K / (self._length + 1) ** self._config.length_penalty
        score_K = score_K + (~(ended_K & first_K)) * NEVER
        merged = torch.cat([old.scores_B, score_K]).topk(beams)
        every = [*old.texts, *texts]
        real = [n if score > _REAL else -1 for n, score in
                zip(merged.indices.tolist(), merged.values.tolist(), strict=True)]  # fmt: skip
        self._finished = _Finished(merged.values, [every[n] if n >= 0 else None for n in real])
        self._say_ends(texts, ended_K.tolist())
        for text in old.texts:
            if text is not None and text not in self._finished.texts:
                self._tree.mark(text, "dropped", f"{beams} ended texts have a better score")

    def _say_ends(self, texts: list[Sprout | None], ended: list[bool]) -> None:
        beams = self._config.beams
        for place, (text, over) in enumerate(zip(texts, ended, strict=True)):
            if text is None or not over:
                continue
            if text in self._finished.texts:
                why = "ended" if text.token in self._ends else "cut at the longest output"
                self._tree.mark(text, "finished", why)
            elif place >= beams:
                ends = "it ends" if text.token in self._ends else "it is as long as can be"
                why = f"{ends}, but is not among the {beams} best continuations of this step"
                self._tree.mark(text, "dropped", why)
            else:
                self._tree.mark(text, "dropped", f"{beams} ended texts have a better score")

    def _go_on(
        self, texts: list[Sprout | None], top_K: Tensor, ended_K: Tensor, rows: Tensor
    ) -> None:
        """The best unended texts are those of the next step."""
        best = (top_K + ended_K * NEVER).topk(self._config.beams)
        self._totals_B = best.values
        real = [n for n, score in zip(best.indices.tolist(), best.values.tolist(), strict=True)
                if score > _REAL and texts[n] is not None]  # fmt: skip
        self._running = [texts[n] for n in real]
        for text, over in zip(texts, ended_K.tolist(), strict=True):
            if text is None or over:
                continue
            if text in self._running:
                self._tree.mark(text, "kept", f"number {self._running.index(text) + 1} by total")
            else:
                why = f"{self._config.beams} texts have a better total"
                self._tree.mark(text, "dropped", why)
        if real:
            self._reading.keep(rows[real].tolist())
            self._reading.append([text.token for text in self._running if text is not None])

    def _can_improve(self) -> bool:
        """Whether an unended text could still get better than the worst ended one."""
        if not self._finished.full:
            return True
        penalty = self._config.length_penalty
        longest = self._config.beam_stop == "never" and penalty > 0
        length = self._limit if longest else self._length
        best = self._totals_B[0] / length**penalty
        return bool(best > self._finished.scores_B.min())

    def _news(self) -> list[Node]:
        return [text.node(self._words.token(text.token)) for text in self._tree.news()]

    def tree(self) -> tuple[Node, ...]:
        """All texts that were followed or given up."""
        return tuple(t.node(self._words.token(t.token)) for t in self._tree.sprouts)

    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """The best ended texts, the best first; `n_best` at most."""
        return tuple(map(self._hypothesis, self._ended()[: self._config.n_best]))

    def _ended(self) -> list[Sprout]:
        return [text for text in self._finished.texts if text is not None]

    def _hypothesis(self, text: Sprout) -> Hypothesis:
        given = tuple(step.token.id for step in self._given)
        ids = (*given, *text.ids())
        return Hypothesis(
            text.id, self._words.text(ids), ids,
            sum(s.log_probability for s in self._given) + sum(t.log for t in text.path()),
            text.score, text.token in self._ends,
        )  # fmt: skip

    def steps(self) -> tuple[DecodeStep, ...]:
        """The decisions of the best text, or of the most promising one while the search goes on."""
        best = next(iter([*self._ended(), *self._running]), None)
        found = list(self._given)
        for text in [] if best is None else best.path():
            assert text.step is not None
            found.append(text.step)
        return tuple(found)


def beam_search(
    subject: Subject, source: Sentence, config: DecodingConfig, prefix: Sequence[int] = (),
    came: Sequence[How] = (), bans: Collection[int] = (), seeds: Sequence[Sequence[int]] = (),
) -> BeamSearch:  # fmt: skip
    """A search that is ready to begin, after a prefix that is there already.

    It goes on from `seeds` where there are any; those left out of a search's texts are pruned.
    """
    reading = Reading(subject, source)
    given = tuple(reading.given(prefix, came, config, bans))
    room = room_for(subject, source, config) - len(prefix)
    if prefix and prefix[-1] in subject.ends:
        room = 0
    search = BeamSearch(subject, config, reading, room, given, bans)
    if any(seeds):
        search.plant([ids for ids in seeds if ids])
    return search
