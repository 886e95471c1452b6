"""The tree of what was tried: texts share their beginnings, and nothing that was tried is lost."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from explorer.messages.branches import MOST, Branches, parting
from explorer.messages.decoding import DecodeStep, Decoding, Wish
from explorer.messages.tokens import Token

texts = st.lists(st.lists(st.integers(5, 8), min_size=1, max_size=5), min_size=1, max_size=8)


def decoding(ids: list[int], step: int = 1) -> Decoding:
    steps = tuple(
        DecodeStep(n, Token(id, str(id), str(id)), -0.5 * id, 1.0, ()) for n, id in enumerate(ids)
    )
    return Decoding("m", step, "source", (), (), steps, " ".join(map(str, ids)), True)


def tree(*every: list[int]) -> Branches:
    found = Branches()
    for ids in every:
        found = found.grown(decoding(ids), Wish(prefix=tuple(ids)))
    return found


@given(texts)
def test_that_every_text_is_one_branch_and_hangs_where_it_shares_most(
    every: list[list[int]],
) -> None:
    found = tree(*every)
    assert [list(b.ids) for b in found.branches] == [
        list(t) for t in dict.fromkeys(map(tuple, every))
    ]
    lineage = found.lineage()
    assert {line.branch.number for line in lineage} == {b.number for b in found.branches}
    for line in lineage:
        earlier = [b for b in found.branches if b.number < line.branch.number]
        assert line.shared == max((parting(line.branch, b) for b in earlier), default=0)
        assert (line.parent is None) == (line.shared == 0) == (line.depth == 0)
        if line.parent is not None:
            assert parting(line.branch, line.parent) == line.shared


def test_that_a_branch_stands_right_below_the_one_it_leaves() -> None:
    lineage = tree([5, 6, 7], [8], [5, 7], [5, 6, 8]).lineage()
    told = [(line.branch.text, line.shared, line.depth) for line in lineage]
    assert told == [("5 6 7", 0, 0), ("5 7", 1, 1), ("5 6 8", 2, 1), ("8", 0, 0)]


def test_that_a_text_tried_again_keeps_its_number_and_takes_the_newest_wish() -> None:
    found = tree([5, 6], [7]).grown(decoding([5, 6]), Wish(bans=(9,)))
    assert [(b.number, b.text) for b in found.branches] == [(1, "5 6"), (2, "7")]
    assert found.branches[0].wish == Wish(bans=(9,))


def test_that_a_text_cut_short_gives_way_to_the_one_that_goes_on_from_it() -> None:
    cut = replace(decoding([5, 6]), finished=False)
    found = Branches().grown(cut).grown(decoding([5, 6, 7]), Wish(prefix=(5,)))
    assert [b.text for b in found.branches] == ["5 6 7"]


def test_that_a_model_that_learns_says_each_wish_anew_and_keeps_what_else_was_tried() -> None:
    found = tree([5, 6], [5, 7]).grown(decoding([8], step=2), Wish(prefix=(5, 7)))
    assert [(b.number, b.text, b.step) for b in found.branches] == [(1, "5 6", 1), (2, "8", 2)]
    assert found.showing(decoding([5, 6], step=2)) is None
    assert found.showing(decoding([5, 6], step=1)) is found.of(1)


def test_that_another_source_begins_another_tree() -> None:
    other = replace(decoding([7]), source_text="another")
    assert [(b.number, b.text) for b in tree([5, 6]).grown(other).branches] == [(1, "7")]


def test_that_a_branch_can_be_forgotten() -> None:
    found = tree([5, 6], [5, 7]).forgotten(1)
    assert [b.number for b in found.branches] == [2] and found.of(1) is None


def test_that_the_model_s_own_text_outlives_a_hundred_others() -> None:
    found = tree(*([n, n] for n in range(MOST + 20)))
    assert len(found.branches) == MOST
    assert [found.branches[0].text, found.branches[-1].text] == ["0 0", f"{MOST + 19} {MOST + 19}"]
