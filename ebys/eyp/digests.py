"""The two summaries of a package, recomputed: PaketOzeti over the letter, NihaiOzet over everything."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator

from ebys.eyp import errors
from ebys.eyp.container import Container, key
from ebys.eyp.package import Digest
from ebys.eyp.xml import Node, parse

SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
ACCEPTED = {
    "1.3": {SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"},
    "2.0": {SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"},
}
OUTSIDE = "#harici"


def checked(
    container: Container, summary: str, *, version: str, document_id: str, must_cover: list[str]
) -> tuple[Digest, ...]:
    """Recompute every digest of one summary; refuse the first that differs and a part left out that must be covered."""
    root = parse(container, summary)
    if root.attribute("Id").upper() != document_id:
        raise errors.IdentityMismatch
    title = root.name
    found: list[Digest] = []
    known: dict[tuple[str, str], bytes] = {}
    for reference in root.children("Reference"):
        part = reference.attribute("URI")
        if reference.attribute("Type").casefold().endswith(OUTSIDE):
            continue
        if part not in container:
            raise errors.MissingPart(part=part)
        for address, claimed in _claims(reference):
            algorithm = ACCEPTED[version].get(address)
            if algorithm is None:
                continue
            computed = known.get((key(part), algorithm))
            if computed is None:
                computed = hashlib.new(algorithm, container.content(part)).digest()
                known[key(part), algorithm] = computed
            if not hmac.compare_digest(computed, claimed):
                raise errors.BadDigest(part=container.spelled(part), summary=title)
            found.append(Digest(title, container.spelled(part), algorithm))
    covered = {key(digest.part) for digest in found}
    for part in must_cover:
        if key(part) not in covered:
            raise errors.WeakDigest(part=part, summary=title)
    return tuple(found)


def _claims(reference: Node) -> Iterator[tuple[str, bytes]]:
    """The digests a reference claims: one beside it in version 1, several items in version 2."""
    for holder in (reference, *reference.children("DigestItem")):
        method = holder.child("DigestMethod")
        if method is None:
            continue
        try:
            value = base64.b64decode("".join(holder.text("DigestValue").split()), validate=True)
        except (binascii.Error, ValueError):
            value = b""
        yield method.attribute("Algorithm"), value
