"""The descriptions of measures and roles, and the page that has them."""

from pathlib import Path

import pytest

import explorer
from docs.measures_table import lines
from explorer.messages.measures import MEASURES, ROLES, RULE, Measure

PAGE = Path(explorer.__file__).parents[1] / "docs" / "measures.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not installed")
def test_that_the_page_says_what_the_program_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "\n".join(lines()) in page, "run: python -m docs.measures_table"
    assert RULE in page


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_that_every_measure_has_a_definition_a_unit_and_a_source(measure: Measure) -> None:
    assert len(measure.definition) > 30 and measure.unit and measure.source and measure.kinds
    assert measure.definition.rstrip().endswith((".", "B."))


def test_that_keys_are_unique() -> None:
    for described in (MEASURES, ROLES):
        assert len({one.key for one in described}) == len(described)
