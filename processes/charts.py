"""Small drawings of numbers: bars, a line of trend, a map of rates. The same objects serve the page and the PDF.

A drawing carries a title and a description for those who cannot see it, its numbers stand in a table beside it, and
colours come from classes, so that the content security policy and the dark theme hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from math import ceil, floor, log10
from zlib import crc32

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from processes import svg, wording

Text = str | Promise
Value = Decimal | float | int | None
TONES = ("1", "2", "3", "4")
LINES = 4  # of a scale, above its foot


@dataclass(frozen=True)
class LegendEntry:
    """What one colour or mark means."""

    tone: str
    words: Text
    mark: str = ""


@dataclass(frozen=True)
class Series:
    """The values of one kind, one per place; None where there is no number."""

    label: Text
    values: Sequence[Value]
    tone: str = ""


@dataclass(frozen=True)
class BarChart:
    """Bars side by side, grouped when there are several series. `goal` draws a line with its words."""

    title: Text
    places: Sequence[Text]
    series: Sequence[Series]
    unit: str = ""
    goal: Value = None
    goal_label: Text = ""
    place_label: Text = ""
    places_after_point: int | None = None

    WIDTH = 640
    HEIGHT = 240
    LEFT = 44
    TOP = 22
    BOTTOM = 26
    LETTER = 6.4  # about what a letter of 12 px takes

    @property
    def legend(self) -> list[LegendEntry]:
        """The series by colour, when there is more than one."""
        if len(self.series) < 2:
            return []
        return [LegendEntry(self._tone(place), one.label) for place, one in enumerate(self.series)]

    @cached_property
    def top(self) -> float:
        """The highest line of the scale: a round number at or above every value; what is counted has whole lines."""
        values = [float(value) for one in self.series for value in one.values if value is not None]
        values.append(float(self.goal or 0))
        return _round_up(max(values), whole=not self.unit and all(value.is_integer() for value in values))

    def words(self, value: Value) -> str:
        """A value with its unit."""
        if value is None:
            return _("no data")
        if self.unit == "%":
            return wording.percent(value, 1 if self.places_after_point is None else self.places_after_point)
        text = wording.number(value, self.places_after_point)
        return f"{text} {self.unit}" if self.unit else text

    @property
    def svg(self) -> SafeString:
        """The drawing."""
        name = f"chart-{crc32(repr((str(self.title), [str(place) for place in self.places])).encode()):x}"
        parts = [*self._grid(), *self._bars()]
        if self.goal is not None:
            parts.append(self._goal())
        return format_html(
            '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{name}-t {name}-d">'
            '<title id="{name}-t">{}</title><desc id="{name}-d">{}</desc>{}</svg>',
            self.WIDTH,
            self.HEIGHT,
            self.title,
            self.description,
            svg.joined(parts),
            name=name,
        )

    @property
    def description(self) -> str:
        """What the drawing shows, in one sentence."""
        found = [
            (value, place)
            for one in self.series
            for value, place in zip(one.values, self.places, strict=True)
            if value is not None
        ]
        if not found:
            return _("There are no numbers yet.")
        least, most = min(found, key=lambda pair: pair[0]), max(found, key=lambda pair: pair[0])
        return _("Lowest %(least)s (%(least_place)s), highest %(most)s (%(most_place)s).") % {
            "least": self.words(least[0]),
            "least_place": least[1],
            "most": self.words(most[0]),
            "most_place": most[1],
        }

    @property
    def table(self) -> SafeString:
        """The numbers as a table."""
        head = format_html_join(
            "", '<th scope="col" class="table__right">{}</th>', ((one.label,) for one in self.series)
        )
        lines = format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            (
                (
                    place,
                    format_html_join(
                        "",
                        '<td class="table__right">{}</td>',
                        ((self.words(one.values[row]),) for one in self.series),
                    ),
                )
                for row, place in enumerate(self.places)
            ),
        )
        return format_html(
            '<table class="table table--dense"><caption class="unseen">{}</caption>'
            '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table>',
            self.title,
            self.place_label,
            head,
            lines,
        )

    def _tone(self, place: int) -> str:
        return self.series[place].tone or TONES[place % len(TONES)]

    def _y(self, value: float) -> float:
        height = self.HEIGHT - self.TOP - self.BOTTOM
        return self.TOP + height * (1 - value / self.top)

    def _grid(self) -> list[SafeString]:
        parts = []
        for step in range(LINES + 1):
            value = self.top * step / LINES
            y = self._y(value)
            parts.append(svg.line("chart__grid" if step else "chart__axis", self.LEFT, self.WIDTH, svg.at(y)))
            parts.append(
                svg.word("chart__word", self.LEFT - 6, svg.at(y + 4), "end", wording.number(_tidy(value)))
            )
        return parts

    def _bars(self) -> list[SafeString]:
        slot = (self.WIDTH - self.LEFT) / max(len(self.places), 1)
        width = min(slot * 0.72 / max(len(self.series), 1), 46)
        names = [_short(str(place)) for place in self.places]
        every = ceil((max(map(len, names), default=0) + 1) * self.LETTER / slot)
        parts = []
        for row, place in enumerate(self.places):
            middle = self.LEFT + slot * (row + 0.5)
            left = middle - width * len(self.series) / 2
            for column, one in enumerate(self.series):
                value = one.values[row]
                x = left + column * width
                y = self._y(float(value or 0))
                label = (
                    f"{place}, {one.label}: {self.words(value)}"
                    if len(self.series) > 1
                    else f"{place}: {self.words(value)}"
                )
                if value is None:
                    y = self._y(self.top * 0.04)
                parts.append(
                    format_html(
                        '<rect {} x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>',
                        svg.look(f"chart__bar--{'none' if value is None else self._tone(column)}"),
                        svg.at(x + 1),
                        svg.at(y),
                        svg.at(max(width - 2, 1)),
                        svg.at(max(self._y(0) - y, 0)),
                        label,
                    )
                )
                if len(self.series) == 1 and len(self.places) <= 16 and value is not None:
                    words = wording.number(value, self.places_after_point)
                    has_room = self._y(0) - y > 22
                    name, at = ("chart__inside", y + 15) if has_room else ("chart__value", y - 4)
                    parts.append(svg.word(name, svg.at(middle), svg.at(at), "middle", words))
            if row % every == 0:
                parts.append(svg.word("chart__word", svg.at(middle), self.HEIGHT - 8, "middle", names[row]))
        return parts

    def _goal(self) -> SafeString:
        y = self._y(float(self.goal or 0))
        words = self.goal_label or self.words(self.goal)
        return svg.joined(
            [
                svg.line("chart__goal", self.LEFT, self.WIDTH, svg.at(y)),
                svg.word("chart__goal-word", self.WIDTH, svg.at(y - 7), "end", words),
            ]
        )


@dataclass(frozen=True)
class Sparkline:
    """The course of one number, small enough for a line of text; its last value is written beside it."""

    label: Text
    values: Sequence[Value]
    unit: str = ""
    goal: Value = None
    places_after_point: int | None = None

    WIDTH = 104
    HEIGHT = 26

    @property
    def last_words(self) -> str:
        """The last value in words."""
        last = self.values[-1] if self.values else None
        return self._words(last)

    @property
    def svg(self) -> SafeString:
        """The drawing; a gap is a month without a number."""
        known = [float(value) for value in self.values if value is not None]
        if not known:
            return mark_safe("")
        low, high = min([*known, float(self.goal or known[0])]), max([*known, float(self.goal or known[0])])
        span = (high - low) or 1.0
        step = (self.WIDTH - 6) / max(len(self.values) - 1, 1)

        def point(place: int, value: float) -> tuple[str, str]:
            return svg.at(3 + place * step), svg.at(3 + (self.HEIGHT - 6) * (1 - (value - low) / span))

        path, pen_is_down = [], False
        end: SafeString = mark_safe("")
        for place, value in enumerate(self.values):
            if value is None:
                pen_is_down = False
                continue
            x, y = point(place, float(value))
            path.append(f"{'L' if pen_is_down else 'M'}{x} {y}")
            pen_is_down = True
            end = format_html('<circle {} cx="{}" cy="{}" r="2.4"/>', svg.look("spark__end"), x, y)
        goal: SafeString = mark_safe("")
        if self.goal is not None:
            y = point(0, float(self.goal))[1]
            goal = svg.line("spark__goal", 0, self.WIDTH, y)
        words = ", ".join(self._words(value) for value in self.values)
        return format_html(
            '<svg viewBox="0 0 {} {}" role="img" aria-label="{}: {}">{}<path {} d="{}"/>{}</svg>',
            self.WIDTH,
            self.HEIGHT,
            self.label,
            words,
            goal,
            svg.look("spark__line"),
            " ".join(path),
            end,
        )

    def _words(self, value: Value) -> str:
        if value is None:
            return _("no data")
        if self.unit == "%":
            return wording.percent(value, 1 if self.places_after_point is None else self.places_after_point)
        text = wording.number(value, self.places_after_point)
        return f"{text} {self.unit}" if self.unit else text


@dataclass(frozen=True)
class HeatCell:
    """One rate as it is shown: number, mark, tone, and what it means for those who cannot see the colour."""

    words: str
    tone: str
    mark: str
    verdict: str
    difference: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One thing and its rates; `url` leads to its page, `trend` compares with the time before."""

    label: Text
    cells: Sequence[HeatCell]
    url: str = ""
    trend: str = ""


@dataclass(frozen=True)
class HeatMap:
    """Rates of many things in many kinds, as a table with colours."""

    title: Text
    row_label: Text
    columns: Sequence[Text]
    rows: Sequence[HeatRow]
    legend: Sequence[LegendEntry] = field(default=())
    trend_label: Text = ""

    @property
    def has_trend(self) -> bool:
        """A last column compares with the time before."""
        return bool(self.trend_label)


def rate_cell(
    value: Value, *, threshold: float, near: float = 2.0, shows_difference: bool = False
) -> HeatCell:
    """A rate against its threshold: reached, close below (within `near` points) or far below."""
    if value is None:
        return HeatCell(_("no data"), "none", "", "")
    gap = float(value) - threshold
    difference = change(gap) if shows_difference and gap < 0 else ""
    if gap >= 0:
        return HeatCell(wording.percent(value), "calm", "", _("threshold reached"), difference)
    if gap >= -near:
        return HeatCell(wording.percent(value), "soon", "▽", _("just below the threshold"), difference)
    return HeatCell(wording.percent(value), "late", "▼", _("far below the threshold"), difference)


def rate_legend(threshold: float, near: float = 2.0) -> list[LegendEntry]:
    """What the colours of `rate_cell` mean."""
    words = {"threshold": wording.percent(threshold, 0), "near": wording.percent(threshold - near, 0)}
    return [
        LegendEntry("calm", _("%(threshold)s and above") % words),
        LegendEntry("soon", _("between %(near)s and %(threshold)s") % words, "▽"),
        LegendEntry("late", _("below %(near)s") % words, "▼"),
    ]


def change(difference: Value, places: int = 1) -> str:
    """A difference with its direction: ▲ 1,2 or ▼ 3,1."""
    if difference is None:
        return wording.MISSING
    gap = Decimal(str(difference))
    sign = "▲" if gap > 0 else "▼" if gap < 0 else "="
    return f"{sign} {wording.number(abs(gap), places)}"


def _round_up(value: float, *, whole: bool = False) -> float:
    if value <= 0:
        return float(LINES)
    size = 10 ** floor(log10(value))
    ends = (float(step * size) for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12))
    return next(end for end in ends if end >= value and not (whole and end % LINES))


def _tidy(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)


def _short(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:11]}…"
