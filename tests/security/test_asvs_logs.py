"""What the program says of itself: whole lines for machines, with their time, on the terminal and nowhere else."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.env import CHECKOUT
from config.logs import logging_for

LINES = ("a\nb", "a\r\nAdmin logged in", "a\x1b[2Kb", "‮ters", "a\x00b", "a\u2028b")


def said(*texts: str, level: int = logging.WARNING) -> list[str]:
    """The lines production's handler writes for these texts."""
    form = logging_for("json")
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    config = logging.config.DictConfigurator(form)
    handler.setFormatter(config.configure_formatter(form["formatters"]["json"]))
    handler.addFilter(config.configure_filter(form["filters"]["discreet"]))
    for text in texts:
        handler.handle(logging.LogRecord("sbs.test", level, __file__, 1, "Said: %s", (text,), None))
    return out.getvalue().splitlines(keepends=True)


def test_every_line_of_production_is_one_json_object() -> None:
    lines = [json.loads(line) for line in said("one", "two")]

    assert [line["text"] for line in lines] == ["Said: one", "Said: two"]
    assert {"at", "level", "logger", "text"} <= set(lines[0])


def test_every_line_bears_its_time_with_its_zone() -> None:
    at = datetime.fromisoformat(json.loads(said("x")[0])["at"])
    proxy = (CHECKOUT / "deploy/nginx.conf").read_text(encoding="utf-8")

    assert at.utcoffset() == timedelta(0)
    assert re.search(r"log_format plain '\$time_iso8601 ", proxy)


@pytest.mark.parametrize("text", LINES)
def test_a_line_end_in_what_was_typed_begins_no_line(text: str) -> None:
    lines = said(text)

    assert len(lines) == 1
    assert lines[0].endswith("\n")
    assert len(json.loads(lines[0])["text"]) >= len("Said: ")
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", lines[0])


def test_everything_is_written_to_the_terminal_and_nowhere_else() -> None:
    form: dict[str, Any] = logging_for("json")

    assert {name: handler["class"] for name, handler in form["handlers"].items()} == {
        "terminal": "logging.StreamHandler"
    }
    assert form["root"]["handlers"] == ["terminal"]
    assert [name for name, logger in form["loggers"].items() if logger["handlers"]] == []
    assert form["handlers"]["terminal"]["filters"] == ["discreet"]
