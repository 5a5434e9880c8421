"""Which part of the package is what: the relationships of the container."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from ebys.eyp import errors
from ebys.eyp.container import Container, is_safe
from ebys.eyp.xml import parse

ROOT = "/_rels/.rels"
PREFIX = "http://eyazisma.dpt/iliskiler/"
CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


@dataclass(frozen=True)
class Relation:
    """One relationship: `kind` in lower case (ustyazi, ek …), the id the package gives it, the part's name."""

    kind: str
    id: str
    target: str


class Relations:
    """The relationships of the package itself."""

    def __init__(self, found: list[Relation]) -> None:
        self._found = found

    def all(self, *kinds: str) -> list[Relation]:
        """Every part of some kinds."""
        return [relation for relation in self._found if relation.kind in kinds]

    def one(self, kind: str) -> str | None:
        """The only part of a kind; None when the package has none."""
        targets = {relation.target for relation in self.all(kind)}
        if len(targets) > 1:
            raise errors.DuplicatePart(part=kind)
        return next(iter(targets), None)

    def required(self, kind: str, title: str) -> str:
        """The only part of a kind, which must be there."""
        if found := self.one(kind):
            return found
        raise errors.MissingPart(part=title)

    def __bool__(self) -> bool:
        return any(relation.kind != "core" for relation in self._found)


def relations_of(container: Container, source: str = "/") -> Relations:
    """The relationships of the package, or of one of its parts; none when the part has no such file."""
    folder, _slash, name = source.rpartition("/")
    place = f"{folder}/_rels/{name}.rels"
    if place not in container:
        return Relations([])
    found = []
    for node in parse(container, place).children("Relationship"):
        kind = _kind(node.attribute("Type"))
        if kind:
            if node.attribute("TargetMode").casefold() == "external":
                raise errors.PathTraversal
            found.append(Relation(kind, node.attribute("Id"), _resolved(folder, node.attribute("Target"))))
    return Relations(found)


def _kind(address: str) -> str:
    lowered = address.casefold()
    if lowered == CORE:
        return "core"
    return lowered.removeprefix(PREFIX) if lowered.startswith(PREFIX) else ""


def _resolved(folder: str, target: str) -> str:
    """An absolute part name; one that leads out of the package is refused."""
    plain = unquote(target)
    if not plain:
        raise errors.PathTraversal
    joined = plain if plain.startswith("/") else f"{folder}/{plain}"
    pieces: list[str] = []
    for piece in joined.lstrip("/").split("/"):
        if piece == "..":
            if not pieces:
                raise errors.PathTraversal
            pieces.pop()
        elif piece not in ("", "."):
            pieces.append(piece)
    name = posixpath.join("/", *pieces)
    if not is_safe(name.lstrip("/")):
        raise errors.PathTraversal
    return name
