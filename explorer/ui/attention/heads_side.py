"""The small side of the attention panel: all heads, which of them, and in which order."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.messages.measures import MEASURES, ROLES, HeadMeasures, ordered, with_role
from explorer.messages.results import SiteKind, Trace
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_grid import HeadGrid
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.segments import Segment, Segments

_LAYERS = ""
_ORDER_HELP = (
    "In which order the heads stand: a row for each layer, or by what is measured of them on this "
    "sentence, the largest first."
)
_ROLE_HELP = (
    "Show only heads of one role. Roles are given by measurement; the table under “Measures” "
    "tells how."
)


class HeadsSide(QWidget):
    """The grid with its choices; asks for measures while they are needed for the order."""

    measures_wanted = Signal()
    shape_changed = Signal()
    """The maps take other room than before."""

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = selection
        self.kinds = Segments("Which attention is shown", _segments())
        self.order = _combo("Order of the heads", _ORDER_HELP)
        self.role = _combo("Role of the heads", _ROLE_HELP)
        self.grid = HeadGrid(selection)
        self._scroll = QScrollArea()
        self._measures: HeadMeasures | None = None
        self._offered: list[SiteKind] = []
        self._fill()
        self._arrange()
        selection.follow(self._scroll_to_chosen)
        self.kinds.chosen.connect(self._show_kinds)
        for box in (self.order, self.role):
            box.currentIndexChanged.connect(lambda _: self._reorder())

    def _fill(self) -> None:
        self.order.addItem("By layer", _LAYERS)
        self.order.addItem("By role", "label")
        for measure in MEASURES:
            self.order.addItem(measure.title, measure.key)
            place = self.order.count() - 1
            self.order.setItemData(place, measure.definition, Qt.ItemDataRole.ToolTipRole)
        self.role.addItem("All roles", "")
        for role in ROLES:
            if role.key:
                self.role.addItem(role.title[:1].upper() + role.title[1:], role.key)
                place = self.role.count() - 1
                self.role.setItemData(place, role.definition, Qt.ItemDataRole.ToolTipRole)

    def _arrange(self) -> None:
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.grid)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        choices = QHBoxLayout()
        choices.setSpacing(theme.SPACE)
        for part in (self.order, self.role):
            choices.addWidget(part)
        choices.addStretch()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE // 2)
        box.addWidget(self.kinds)
        box.addLayout(choices)
        box.addWidget(self._scroll, 1)

    @property
    def needs_measures(self) -> bool:
        """Whether the order or the choice rests on measures."""
        return bool(self.order.currentData()) or bool(self.role.currentData())

    def choose_order(self, order: str, role: str) -> None:
        """Choose from outside; a key that is not there chooses the first."""
        for box, key in ((self.order, order), (self.role, role)):
            box.setCurrentIndex(max(box.findData(key), 0))

    def take_measures(self, measures: HeadMeasures | None) -> None:
        """Order the heads by what was found out about them."""
        self._measures = measures
        if self.needs_measures:
            self._reorder(asked=True)

    def _reorder(self, *, asked: bool = False) -> None:
        """Put the heads into the order that was chosen, as soon as the measures are there."""
        found = self._measures
        if not self.needs_measures:
            self.grid.put_in_order(None)
        elif found is None:
            if not asked:
                self.measures_wanted.emit()
            return
        else:
            key, role = str(self.order.currentData()), str(self.role.currentData())
            heads = ordered(found, key) if key else found.heads
            if role:
                chosen = set(with_role(found, role))
                heads = tuple(head for head in heads if head in chosen)
            self.grid.put_in_order(heads)
        self.shape_changed.emit()
        self._scroll_to_chosen()

    def offer_kinds(self, trace: Trace) -> None:
        """Only the attentions that there are; where there is one, there is nothing to choose."""
        here = {site.kind for site in trace.weights}
        kinds = [kind for kind in words.KINDS if kind in here]
        if kinds == self._offered:
            return
        self._offered = kinds
        self.kinds.offer([None, *kinds])
        self.kinds.setVisible(len(kinds) > 1)
        if self.kinds.value not in (None, *kinds):
            self.kinds.choose(None)
            self._show_kinds(None)

    def _show_kinds(self, kind: SiteKind | None) -> None:
        self.grid.show_kinds(words.KINDS if kind is None else (kind,))

    def room(self, whole: QSize) -> QSize:
        """What the choices and the maps would use of a space."""
        used = self._above()
        maps = self.grid.room(whole.width(), whole.height() - used)
        least = max(part.sizeHint().width() for part in self._choices())
        return QSize(max(maps.width() + 2, least), maps.height() + used)

    def _choices(self) -> Sequence[QWidget]:
        return [self.kinds] if not self.kinds.isHidden() else [self.order]

    def _above(self) -> int:
        rows = [self.order.sizeHint().height()]
        if not self.kinds.isHidden():
            rows.append(self.kinds.sizeHint().height())
        return sum(rows) + len(rows) * theme.SPACE // 2

    def _scroll_to_chosen(self) -> None:
        place = self.grid.chosen_place()
        if place is not None:
            self._scroll.ensureVisible(place.center().x(), place.center().y(), 40, 60)


def _combo(name: str, help: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(help)
    box.setFont(theme.font("small"))
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(9)
    return box


def _segments() -> list[Segment]:
    one = [Segment(kind, words.SHORT_NAMES[kind], words.MEANINGS[kind]) for kind in words.KINDS]
    return [Segment(None, "All", "The heads of all attentions."), *one]
