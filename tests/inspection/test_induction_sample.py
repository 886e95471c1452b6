"""The sample run that ships with its history: its phase change can be seen without training."""

import numpy as np
import pytest
import torch

from explorer.engine.timeline_command import happened, open_run, timeline_of
from explorer.engine.watching import watched_trace
from explorer.messages.timeline import joined
from explorer.runs.library import find_model
from explorer.runs.moments import moments
from explorer.runs.watch import WatchFolder
from explorer.runs.weights import load_weights

CPU = torch.device("cpu")


@pytest.mark.slow
def test_that_a_head_of_the_sample_comes_to_induction_while_its_loss_falls() -> None:
    subject, kept = open_run("induction", CPU)
    found = joined(timeline_of(subject, kept, "7 3 1 4 9 5 7 3", "1 4 9 5"))
    assert found.loss_S[0] > 4 and found.loss_S[-1] < 0.01
    falling = found.steps_S[(found.loss_S < 2.5) & (found.loss_S > 0.25)]
    marks = happened(subject, kept, found, 16)
    heads = [m for m in marks if m.kind == "became" and m.measure == "induction"]
    assert [mark.heads[0][0].layer for mark in heads] == [1]
    assert falling[0] <= heads[0].step <= falling[-1] + 25
    assert any(m.kind == "fell" and abs(m.step - heads[0].step) <= 50 for m in marks)
    assert any(m.kind == "jumped" and abs(m.step - heads[0].step) <= 50 for m in marks)


def test_that_its_watched_sentences_are_what_its_kept_weights_give() -> None:
    folder = find_model("induction").folder
    subject, _ = open_run("induction", CPU)
    watch = WatchFolder.of(folder)
    both = [moment for moment in moments(folder) if moment.step in watch.steps()]
    assert len(both) >= 10 and both[0].step == 0 and both[-1].step == 1500
    for moment in both[::4]:
        load_weights(moment.weights, subject.model)
        for record, sentence in zip(watch.records(moment.step), watch.sentences(), strict=True):
            for site, weights in watched_trace(subject, sentence).weights.items():
                assert isinstance(weights, np.ndarray)
                assert record.weights[str(site)] == pytest.approx(weights, abs=1e-5)


def test_that_it_is_small() -> None:
    files = [file for file in find_model("induction").folder.path.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 6_000_000
