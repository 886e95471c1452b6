"""All views of attention, in the order of their switch; a new view is one file and one line."""

from explorer.ui.attention.beside_view import BesideView
from explorer.ui.attention.flow_view import FlowView
from explorer.ui.attention.formula_view import FormulaView
from explorer.ui.attention.lines_view import LinesView
from explorer.ui.attention.map_view import MapView
from explorer.ui.attention.measures_view import MeasuresView
from explorer.ui.attention.text_view import TextView
from explorer.ui.attention.view import View

VIEWS: tuple[type[View], ...] = (
    MapView,
    LinesView,
    TextView,
    FormulaView,
    BesideView,
    FlowView,
    MeasuresView,
)
