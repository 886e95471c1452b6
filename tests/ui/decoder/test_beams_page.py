"""The tree of a beam search before the real engine: why texts were dropped, and a hand in it."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.messages.decoding import Node
from explorer.ui.decoder.beams_page import BeamsPage
from explorer.ui.decoder.search_tree import gone_on, path, within, without
from tests.small import small_config
from tests.subject import small_subject
from tests.ui.decoder.bench import ENCODER_ALONE, Bench, subject_of
from tests.ui.scripts import token

SOURCE = "3 1 4"
BEAM = {"decoding.method": "beam", "decoding.beams": 3, "decoding.n_best": 3}


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    made = Bench(qtbot)
    made.open(small_subject(2, small_config(BEAM)), SOURCE)
    return made


def page(bench: Bench) -> BeamsPage:
    return bench.page(BeamsPage)


def column(bench: Bench, depth: int, *states: str) -> list[Node]:
    ids = page(bench)._layout.columns[depth]
    return [node for id in ids if (node := page(bench)._layout.nodes[id]).state in states]


def click(qtbot: QtBot, bench: Bench, node: Node) -> None:
    tree = page(bench).tree
    tree.set_current(node.id)  # As a person scrolls to it.
    middle = tree.node_rect(node.id).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def test_that_the_cursor_leads_through_the_tree_along_the_best_text(bench: Bench) -> None:
    shown = page(bench)
    for index, step in enumerate(bench.decoding.steps):
        bench.panel.go(index)
        assert shown.tree.current is not None
        node = shown._layout.nodes[shown.tree.current]
        assert (node.depth, node.token) == (index, step.token)
        assert node.id in shown._layout.best


def test_that_a_column_has_the_texts_that_were_followed_first_and_by_total(bench: Bench) -> None:
    for depth in range(3):
        nodes = column(bench, depth, "kept", "finished", "dropped")
        followed = [node.state != "dropped" for node in nodes]
        assert followed == sorted(followed, reverse=True)
        totals = [node.total for node in nodes if node.state != "dropped"]
        assert totals == sorted(totals, reverse=True)


def test_that_a_dropped_text_says_why_and_shows_its_own_attention(
    qtbot: QtBot, bench: Bench
) -> None:
    dropped = column(bench, 1, "dropped")[0]
    click(qtbot, bench, dropped)
    shown = page(bench)
    assert shown.tree.current == dropped.id and bench.panel.course.index == 1
    assert shown.detail.fate.text() == f"Dropped: {dropped.why}" and "better" in dropped.why
    assert f"{dropped.score:.3f}".replace("-", "−") in shown.detail.numbers.text()
    assert dropped.step is not None
    weights = shown.detail.choice.weights(dropped.step)
    shares = [shown.detail.bars.row(key).share for key in range(len(weights))]
    assert shares == pytest.approx(weights.tolist())


def test_that_up_and_down_choose_and_the_others_keys_belong_to_the_transport(
    qtbot: QtBot, bench: Bench
) -> None:
    tree = page(bench).tree
    ids = page(bench)._layout.columns[0]
    tree.set_current(ids[0])
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    assert tree.current == ids[1]
    qtbot.keyClick(tree, Qt.Key.Key_Up)
    assert tree.current == ids[0]
    qtbot.keyClick(tree, Qt.Key.Key_Right)
    assert bench.panel.course.index == 1


def test_that_a_text_can_be_dropped_and_the_search_goes_on_without_it(
    qtbot: QtBot, bench: Bench
) -> None:
    gone = column(bench, 1, "kept")[0]
    text = path(bench.decoding.tree, gone.id)
    click(qtbot, bench, gone)
    qtbot.mouseClick(page(bench).detail.drop, Qt.MouseButton.LeftButton)
    bench.settle()
    tree = bench.decoding.tree
    same = next(node for node in tree if path(tree, node.id) == text)
    assert same.state == "pruned"
    longer = [node for node in tree if node.depth > 1]
    assert longer and all(path(tree, node.id)[:2] != text for node in longer)
    assert [step.token.id for step in bench.decoding.steps][:2] != list(text)
    assert page(bench).detail.fate.text() in ("Pruned by hand", "Kept: chosen by hand")


def test_that_a_dropped_text_can_be_kept_in_place_of_the_worst_one(
    qtbot: QtBot, bench: Bench
) -> None:
    kept, dropped = column(bench, 1, "kept"), column(bench, 1, "dropped")[-1]
    texts = {node.id: path(bench.decoding.tree, node.id) for node in (*kept, dropped)}
    click(qtbot, bench, dropped)
    qtbot.mouseClick(page(bench).detail.keep, Qt.MouseButton.LeftButton)
    bench.settle()
    tree = bench.decoding.tree
    states = {path(tree, node.id): node.state for node in tree if node.depth == 1}
    assert states[texts[dropped.id]] == "kept"
    assert states[texts[kept[-1].id]] == "pruned"
    assert any(node.depth == 2 for node in tree)


def test_that_one_text_can_be_followed_alone(qtbot: QtBot, bench: Bench) -> None:
    chosen = column(bench, 1, "kept")[1]
    text = path(bench.decoding.tree, chosen.id)
    click(qtbot, bench, chosen)
    qtbot.mouseClick(page(bench).detail.alone, Qt.MouseButton.LeftButton)
    bench.settle()
    assert tuple(step.token.id for step in bench.decoding.steps)[:2] == text
    assert bench.panel.head.taken.said.text() == "Searching on from 1 text chosen by hand"


def test_that_the_best_texts_lead_to_where_they_end(qtbot: QtBot, bench: Bench) -> None:
    shown = page(bench)
    assert shown.best.count() == len(bench.decoding.best) > 1
    qtbot.keyClick(shown.best, Qt.Key.Key_Down)
    assert shown.tree.current == bench.decoding.best[1].node
    assert shown.detail.text.text() == bench.decoding.best[1].text


def test_that_without_a_search_one_can_be_begun_from_what_stands_before_the_cursor(
    qtbot: QtBot,
) -> None:
    bench = Bench(qtbot)
    bench.open(small_subject(2), SOURCE)
    shown = page(bench)
    bench.panel.go(1)
    assert shown.empty.isVisible()
    qtbot.mouseClick(shown.empty.button, Qt.MouseButton.LeftButton)
    bench.settle()
    assert shown.tree.isVisible() and shown._layout.begun == 1
    assert bench.panel.head.method.method.widget.currentText() == "Beam"  # pyright: ignore


def test_that_an_encoder_alone_has_no_search(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.open(subject_of(ENCODER_ALONE), "the old man gave the girl a red apple")
    assert page(bench).empty.isVisible() and "encoder alone" in page(bench).empty.words.text()


def node(id: int, parent: int | None, depth: int, word: str, total: float, state: str) -> Node:
    return Node(id, parent, depth, token(word), -0.1, total, total, state, "")  # pyright: ignore


TREE = (
    node(0, None, 0, "a", -1, "kept"), node(1, None, 0, "b", -2, "kept"),
    node(2, None, 0, "c", -3, "dropped"), node(3, 0, 1, "x", -2, "finished"),
    node(4, 0, 1, "y", -3, "kept"), node(5, 1, 1, "x", -4, "kept"),
)  # fmt: skip


def test_that_seeds_are_what_was_followed_and_what_had_ended_before() -> None:
    a, b, c, x = (token(word).id for word in "abcx")
    assert without(TREE, 4) == ((a, x), (b, x))
    assert within(TREE, 2) == ((c,), (a,))
    assert without(TREE, 99) == within(TREE, 99) == ()


def test_that_a_search_that_went_on_keeps_in_sight_what_was_pruned() -> None:
    seeds = within(TREE, 2)
    now = (node(0, None, 0, "c", -3, "kept"), node(1, None, 0, "a", -1, "kept"))
    whole = gone_on(TREE, now, seeds)
    assert [(n.token.text, n.state) for n in whole] == [
        ("c", "kept"), ("a", "kept"), ("b", "pruned"),
    ]  # fmt: skip
