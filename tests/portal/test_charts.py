"""Drawings that those who cannot see them can read, and that carry no style of their own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.utils import translation

from processes import charts

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def turkish() -> Iterator[None]:
    with translation.override("tr"):
        yield


def bars(**values: object) -> charts.BarChart:
    return charts.BarChart(
        "Açılan <kayıtlar>",
        ("Oca", "Şub", "Mar"),
        [charts.Series("Açılan", [10, None, 38])],
        place_label="Ay",
        **values,  # type: ignore[arg-type]
    )


def drawn(chart: charts.BarChart | charts.Sparkline) -> ET.Element:
    return ET.fromstring(str(chart.svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_a_chart_has_a_title_and_says_what_it_shows() -> None:
    root = drawn(bars())
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")

    assert title is not None
    assert description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Açılan <kayıtlar>"
    assert description.text == "En düşük 10 (Oca), en yüksek 38 (Mar)."


def test_a_chart_without_numbers_says_so() -> None:
    chart = charts.BarChart("Boş", ("Oca",), [charts.Series("Açılan", [None])])

    assert chart.description == "Henüz sayı yok."
    assert "<svg" in chart.svg


def test_the_numbers_of_a_chart_stand_in_a_table() -> None:
    root = ET.fromstring(str(bars(unit="%").table))

    rows = [["".join(cell.itertext()) for cell in line] for line in root.iter("tr")]

    assert rows == [["Ay", "Açılan"], ["Oca", "%\u00a010,0"], ["Şub", "veri yok"], ["Mar", "%\u00a038,0"]]


@pytest.mark.parametrize(
    "chart", [bars(goal=20, goal_label="hedef"), charts.Sparkline("Oran", [1, None, 3], goal=2)]
)
def test_a_drawing_has_no_style_and_no_script(chart: charts.BarChart | charts.Sparkline) -> None:
    for part in drawn(chart).iter():
        assert not {"style", "onclick", "onload"} & set(part.attrib)
        assert part.tag.removeprefix(SVG) not in {"style", "script", "foreignObject"}


def test_a_bar_is_as_high_as_its_value() -> None:
    chart = charts.BarChart("x", ("a", "b"), [charts.Series("s", [50, 100])])

    heights = [float(bar.get("height", 0)) for bar in drawn(chart).iter(f"{SVG}rect")]

    assert heights[0] * 2 == pytest.approx(heights[1], abs=0.2)


def test_a_missing_value_is_drawn_differently_from_zero() -> None:
    chart = charts.BarChart("x", ("a", "b"), [charts.Series("s", [0, None])])

    assert [bar.get("class") for bar in drawn(chart).iter(f"{SVG}rect")] == [
        "chart__bar--1",
        "chart__bar--none",
    ]


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 4), (1, 4), (7, 8), (9, 12), (99, 100), (98.4, 100), (0.9, 1), (101, 120), (41, 60)],
)
def test_the_scale_ends_at_a_round_number(highest: float, top: float) -> None:
    assert charts.BarChart("x", ("a",), [charts.Series("s", [highest])]).top == top


@pytest.mark.parametrize("highest", range(1, 60))
def test_what_is_counted_has_whole_lines(highest: int) -> None:
    chart = charts.BarChart("x", ("a",), [charts.Series("s", [highest])])
    written = [
        word.text or "" for word in drawn(chart).iter(f"{SVG}text") if word.get("text-anchor") == "end"
    ]

    assert len(written) == 5
    assert all(word.isdigit() for word in written)


def test_names_below_the_bars_do_not_run_into_each_other() -> None:
    places = [f"{month:02}.2026 dönemi" for month in range(1, 13)]
    chart = charts.BarChart("x", places, [charts.Series("s", [1] * 12)])
    names = [word for word in drawn(chart).iter(f"{SVG}text") if (word.text or "").startswith(("0", "1"))]
    middles = sorted(float(word.get("x", 0)) for word in names if word.get("y") == str(chart.HEIGHT - 8))

    assert len(middles) >= 4
    assert min(right - left for left, right in pairwise(middles)) > 12 * chart.LETTER


def test_several_series_have_a_legend_and_named_bars() -> None:
    chart = charts.BarChart("x", ("Oca",), [charts.Series("Açılan", [1]), charts.Series("Kapanan", [2])])

    assert [(entry.tone, entry.words) for entry in chart.legend] == [("1", "Açılan"), ("2", "Kapanan")]
    assert [title.text for title in drawn(chart).iter(f"{SVG}title")][1:] == [
        "Oca, Açılan: 1",
        "Oca, Kapanan: 2",
    ]


def test_a_line_of_trend_reads_its_values_aloud() -> None:
    spark = charts.Sparkline("Oran", [92.1, None, 98.1], unit="%")

    assert drawn(spark).get("aria-label") == "Oran: %\u00a092,1, veri yok, %\u00a098,1"
    assert spark.last_words == "%\u00a098,1"


def test_a_line_of_trend_leaves_a_gap_where_a_month_has_no_number() -> None:
    path = drawn(charts.Sparkline("Oran", [1, 2, None, 3, 4])).find(f"{SVG}path")

    assert path is not None
    assert path.get("d", "").count("M") == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (98, ("%\u00a098,0", "calm", "", "eşiğe ulaşıldı")),
        (97.9, ("%\u00a097,9", "soon", "▽", "eşiğin hemen altında")),
        (95.9, ("%\u00a095,9", "late", "▼", "eşiğin çok altında")),
        (None, ("veri yok", "none", "", "")),
    ],
)
def test_a_rate_is_told_by_number_mark_and_words(value: float | None, expected: tuple[str, ...]) -> None:
    cell = charts.rate_cell(value, threshold=98)

    assert (cell.words, cell.tone, cell.mark, cell.verdict) == expected


def test_every_part_of_a_drawing_looks_right_on_paper_too() -> None:
    for part in drawn(bars(goal=20)).iter():
        name = part.get("class")
        assert name is None or "fill" in part.attrib or "stroke" in part.attrib
