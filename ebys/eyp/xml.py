"""XML from outside: parsed without document types and entities, read by local names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from ebys.eyp import errors
from ebys.eyp.container import Container

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST_TEXT = 4000
OFFICE = ZoneInfo("Europe/Istanbul")
MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)


class Node:
    """An element, asked for its children by local name: prefixes and default namespaces vary from office to office."""

    def __init__(self, element: Element, part: str) -> None:
        self._element = element
        self.part = part

    @property
    def name(self) -> str:
        """The local name."""
        return str(self._element.tag).rpartition("}")[2]

    @property
    def namespace(self) -> str:
        """The namespace, empty when there is none."""
        return str(self._element.tag).rpartition("}")[0].lstrip("{")

    def child(self, *path: str) -> Node | None:
        """The first element down a path of local names."""
        found = self._element.find("/".join(f"{{*}}{name}" for name in path))
        return None if found is None else Node(found, self.part)

    def children(self, *path: str) -> Iterator[Node]:
        """All elements down a path of local names."""
        for found in self._element.findall("/".join(f"{{*}}{name}" for name in path)):
            yield Node(found, self.part)

    def text(self, *path: str) -> str:
        """The text at a path on one line, empty when it is not there."""
        found = self._element.find("/".join(f"{{*}}{name}" for name in path)) if path else self._element
        words = " ".join((found.text or "").split()) if found is not None else ""
        if len(words) > LONGEST_TEXT:
            raise errors.BadMetadata(field=path[-1] if path else self.name)
        return words

    def required(self, *path: str) -> str:
        """The text at a path, which must be there."""
        if words := self.text(*path):
            return words
        raise errors.BadMetadata(field=path[-1])

    def attribute(self, name: str) -> str:
        """An attribute, empty when it is not there."""
        return str(self._element.get(name, "")).strip()

    def moment(self, *path: str) -> datetime | None:
        """A date or date and time; one without a zone is Istanbul's."""
        words = self.text(*path)
        if not words:
            return None
        try:
            return parse_moment(words)
        except (ValueError, OverflowError) as error:
            raise errors.BadMetadata(field=path[-1]) from error


def parse_moment(words: str) -> datetime:
    """An xsd:dateTime, with as many fractional digits as .NET writes."""
    matched = MOMENT.fullmatch(words)
    if matched is None:
        raise ValueError(words)
    day, clock, fraction, zone = matched.groups()
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}.{(fraction or '0')[:6]:0<6}{zone or ''}")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=OFFICE)
    return moment.astimezone(OFFICE)


def parse(container: Container, part: str) -> Node:
    """The root of an XML part."""
    content = container.content(part)
    if len(content) > container.limits.xml:
        raise errors.ZipBomb
    try:
        return Node(fromstring(content, forbid_dtd=True), part)
    except DefusedXmlException as error:
        raise errors.ForbiddenXml(part=part) from error
    except (ParseError, ValueError, LookupError) as error:
        raise errors.BrokenXml(part=part) from error
