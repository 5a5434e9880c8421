#!/usr/bin/env python3
"""Checks an exported trail with Python alone: no database, no network, no further package.

    python3 verify.py FOLDER [--key NAME+ID+KEY] [--seals FOLDER] [--all-signatures]

--key    the public key as it was handed over on paper or by e-mail; without it the key in the export is believed, which
         proves only that the export fits itself
--seals  a folder of seals kept elsewhere (published files, e-mails saved as text): each must fit the exported entries

Every entry's text is hashed, the tree of RFC 6962 is built from the hashes, and each seal's root and Ed25519 signature is
compared with it. Where the database was restored, the manifest holds what the sealer signed about it: seals kept elsewhere
that tell of entries such a restore left behind are counted and named, not taken for damage; an unsigned one excuses nothing.
Ends with 0 when nothing is amiss, with 1 and a list when something is.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FORMAT = "sbs-trail-export-1"
DASH = "— "
OTHERS = {"epochs", "sent"}  # folders beside the seals that hold something else
LISTED = 20
SIGNATURES = 300  # checked one by one in Python; of more seals the last of each day, the first and the last
sha256 = hashlib.sha256

# Ed25519 as in RFC 8032, verification only. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def added(one: Point, other: Point) -> Point:
    """The sum of two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """A multiple of a point."""
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = added(result, point)
        point = added(point, point)
        number >>= 1
    return result


def same(one: Point, other: Point) -> bool:
    """Whether two are the same point."""
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


def unpacked(text: bytes) -> Point | None:
    """A point from its 32 bytes; None when they are none."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = unpacked(bytes.fromhex("58" + "66" * 31))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key signed the message."""
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    key, commitment = unpacked(public), unpacked(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or response >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return same(times(response, BASE), added(commitment, times(challenge, key)))


class Findings:
    """What is amiss; of very many alike only the first are told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.counts: dict[str, int] = {}

    def add(self, kind: str, sentence: str) -> None:
        """One more."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= LISTED:
            self.told.append(f"{kind}: {sentence}")


class Tree:
    """RFC 6962 from left to right: the roots of the full subtrees, the largest first."""

    def __init__(self, size: int, roots: list[bytes]) -> None:
        self.size, self.roots = size, roots

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self.roots:
            return sha256(b"").digest()
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = sha256(b"\x01" + left + node).digest()
        return node


class Seal:
    """A signed note, taken apart."""

    is_kept_elsewhere = False

    def __init__(self, text: str) -> None:
        self.body, separator, self.signatures = text.partition("\n\n")
        lines = self.body.split("\n")
        self.origin, self.size = lines[0], int(lines[1])
        self.root = decoded(lines[2])
        self.day = next((line[5:15] for line in lines[3:] if line.startswith("time ")), "")
        self.epoch = next((int(line[6:]) for line in lines[3:] if line.startswith("epoch ")), 1)
        if not separator or str(self.size) != lines[1]:
            raise ValueError("no seal")

    def is_signed_by(self, keys: Iterable[bytes]) -> bool:
        """Whether one of the keys signed it."""
        return is_note_of(self.origin, self.body, self.signatures, keys)


class Epoch:
    """A life of the database after a restore: what the sealer signed when it began."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.number, self.reason = int(told["number"]), str(told["reason"])
        self.body, _separator, self.signatures = str(told.get("note", "")).partition("\n\n")
        self.size, self.root = int(told["accepted_size"]), b""

    def is_signed_by(self, keys: Iterable[bytes], origin: str) -> bool:
        """Whether one of the keys signed it, and the manifest says the same."""
        try:
            first, number, size, root, _cluster, _time, reason = self.body.split("\n")
            self.root = decoded(root)
        except ValueError:
            return False
        said = (
            f"{origin}/epoch",
            str(self.number),
            str(self.size),
            f"reason {' '.join(self.reason.split())}",
        )
        return (first, number, size, reason) == said and is_note_of(origin, self.body, self.signatures, keys)


def is_note_of(origin: str, body: str, signatures: str, keys: Iterable[bytes]) -> bool:
    """Whether one of the keys signed the text under this name."""
    message = f"{body}\n".encode()
    for line in signatures.splitlines():
        name, _space, encoded = line[len(DASH) :].rpartition(" ")
        if not line.startswith(DASH) or name != origin:
            continue
        try:
            raw = decoded(encoded)
        except ValueError:
            continue
        for key in keys:
            known_by = sha256(name.encode() + b"\n\x01" + key).digest()[:4]
            if raw[:4] == known_by and is_signed(key, message, raw[4:]):
                return True
    return False


def read_epochs(manifest: dict[str, Any], keys: Iterable[bytes], findings: Findings) -> list[Epoch]:
    """The restores the sealer signed; the others excuse nothing and are told."""
    signed = []
    for told in manifest.get("epochs", []):
        epoch = Epoch(told)
        if epoch.is_signed_by(keys, str(manifest["origin"])):
            signed.append(epoch)
        elif epoch.number > 1:
            findings.add(
                "epoch-unsigned", f"Epoch {epoch.number} was not signed with the key: it excuses nothing."
            )
    return signed


def left_behind(epochs: list[Epoch], number: int, size: int) -> Epoch | None:
    """The later life that began with fewer entries than this one once had."""
    return next((epoch for epoch in epochs if epoch.number > number and size > epoch.size), None)


def decoded(text: str) -> bytes:
    """Base64 in its one proper spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None
    if base64.b64encode(raw).decode() != text:
        raise ValueError("no base64")
    return raw


def key_of(text: str) -> bytes:
    """The 32 bytes of a public key in the form name+id+key."""
    parts = text.split("+", 2)
    raw = decoded(parts[2]) if len(parts) == 3 else b""
    name_and_key = parts[0].encode() + b"\n" + raw
    if len(raw) != 33 or raw[0] != 1 or sha256(name_and_key).hexdigest()[:8] != parts[1]:
        raise ValueError(f"{text!r} is no public key in the form name+id+key")
    return raw[1:]


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, numbered; the last must be whole as well."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            yield number, line if line.endswith(b"\n") else b""


def read_seals(folder: Path, elsewhere: Path | None, findings: Findings) -> list[tuple[str, Seal]]:
    """The seals of the export and of the other folder, each with the place it was found."""
    here = "checkpoints.jsonl:"
    texts: list[tuple[str, str | None]] = []
    for number, line in lines_of(folder / "checkpoints.jsonl"):
        try:
            texts.append((f"{here}{number}", str(json.loads(line)["note"])))
        except (ValueError, KeyError, TypeError):
            texts.append((f"{here}{number}", None))
    found = sorted(elsewhere.rglob("*.txt")) if elsewhere else []
    kept = [path for path in found if path.name != "key.txt" and not OTHERS & {path.parent.name}]
    texts += [(str(path), path.read_text(encoding="utf-8", errors="replace")) for path in kept]
    seals = []
    for place, text in texts:
        try:
            if text is None:
                raise ValueError("no seal")
            seals.append((place, Seal(text)))
            seals[-1][1].is_kept_elsewhere = not place.startswith(here)
        except (ValueError, IndexError):
            findings.add("seal-unreadable", f"{place} is no seal.")
    return seals


def build(folder: Path, tree: Tree, wanted: set[int], findings: Findings) -> dict[int, bytes]:
    """The tree built from the entries; its root at every size a seal names."""
    found = {tree.size: tree.root()}
    roots, size = tree.roots, tree.size
    load = json.loads
    for number, line in lines_of(folder / "entries.jsonl"):
        try:
            entry = load(line)
            pos, canon, told = entry["pos"], entry["canon"].encode(), bytes.fromhex(entry["leaf"])
            identity = entry["id"]
        except (ValueError, KeyError, TypeError, AttributeError):
            findings.add("unreadable", f"Line {number} of entries.jsonl is no entry.")
            continue
        leaf = sha256(b"\x00" + canon).digest()
        if leaf != told or not canon.startswith(b"sbs-audit-1\nid=%d:%d\n" % (len(str(identity)), identity)):
            findings.add("entry-changed", f"Entry {identity} at place {pos} is not what was sealed.")
        if pos != size:
            findings.add("place", f"Line {number} holds place {pos}; place {size} was expected.")
        node, bits = leaf, size
        while bits & 1:
            node = sha256(b"\x01" + roots.pop() + node).digest()
            bits >>= 1
        roots.append(node)
        size += 1
        if size in wanted:
            tree.size = size
            found[size] = tree.root()
    tree.size = size
    return found


def verify(
    folder: Path, key: str = "", seals_folder: Path | None = None, every: bool = False
) -> tuple[Findings, str]:
    """Everything; the findings and a line that says what was looked at."""
    findings = Findings()
    began = time.monotonic()
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        first, size = int(manifest["first"]), int(manifest["size"])
        tree = Tree(first, [bytes.fromhex(text) for text in manifest["frontier"]])
        texts = (
            [key] if key else (folder / "key.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
        )
        keys = [key_of(text) for text in texts]
        if manifest["format"] != FORMAT or len(tree.roots) != first.bit_count():
            raise ValueError("no export")
        epochs = read_epochs(manifest, keys, findings)
    except (OSError, ValueError, KeyError, TypeError) as error:
        findings.add("no-export", f"{folder} holds no exported trail ({error}).")
        return findings, ""
    for told in manifest.get("protection", {}).get("amiss", []):
        findings.add(
            "protection", f"When it was exported the trail's protection was {told['code']}: {told['what']}."
        )
    seals = read_seals(folder, seals_folder, findings)
    wanted = {seal.size for _place, seal in seals} | {epoch.size for epoch in epochs}
    roots = build(folder, tree, wanted, findings)
    for epoch in epochs:
        is_past = epoch.size < first or left_behind(epochs, epoch.number, epoch.size) is not None
        if not is_past and roots.get(epoch.size) != epoch.root:
            findings.add(
                "epoch-root", f"Epoch {epoch.number} took over {epoch.size} entries, and they are not these."
            )
    if tree.size != size:
        findings.add("size", f"The export says {size} entries and holds {tree.size}.")
    proved = {seal.size for _place, seal in seals}
    if size not in proved or (first and first not in proved):
        findings.add("unsigned", "No seal covers exactly these entries.")
    last_of_day = {seal.day: place for place, seal in seals}
    few = every or len(seals) <= SIGNATURES
    checked = 0
    excused: dict[int, int] = {}
    for index, (place, seal) in enumerate(seals):
        fits = seal.size < first or roots.get(seal.size) == seal.root
        restore = left_behind(epochs, seal.epoch, seal.size) if seal.is_kept_elsewhere and not fits else None
        if restore is not None:
            excused[restore.number] = excused.get(restore.number, 0) + 1
        elif seal.size > tree.size:
            findings.add("shrank", f"{place} covers {seal.size} entries; there are only {tree.size}.")
        elif not fits:
            findings.add("root", f"{place} does not fit the entries.")
        if (
            few
            or index in (0, len(seals) - 1)
            or seal.size in (first, size)
            or last_of_day[seal.day] == place
        ):
            checked += 1
            if not seal.is_signed_by(keys):
                findings.add("signature", f"{place} was not signed with the key.")
    seconds = max(time.monotonic() - began, 1e-6)
    rate = (tree.size - first) / seconds
    told = "".join(
        f"\nepoch {epoch.number} (restore, {epoch.size} entries taken over: {epoch.reason}): "
        f"{excused.get(epoch.number, 0)} seals kept elsewhere tell of entries it left behind"
        for epoch in epochs
        if epoch.number > 1
    )
    return findings, (
        f"{tree.size - first} entries (places {first}-{tree.size - 1}), {len(seals)} seals, {checked} signatures, "
        f"{seconds:.1f} s, {rate:.0f} entries/s\nroot {base64.b64encode(tree.root()).decode()}{told}"
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Checks an exported trail.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", default="", help="public key, name+id+key")
    parser.add_argument("--seals", type=Path, help="folder of seals that were kept elsewhere")
    parser.add_argument("--all-signatures", action="store_true", help="check every signature, however many")
    given = parser.parse_args()
    findings, looked_at = verify(given.folder, given.key, given.seals, given.all_signatures)
    out = [looked_at] if looked_at else []
    out += [f"! {sentence}" for sentence in findings.told]
    out += [f"! {kind}: {count - LISTED} more" for kind, count in findings.counts.items() if count > LISTED]
    if not given.key:
        out.append(
            "The key was taken from the export itself; compare it with the one handed over on paper (--key)."
        )
    out.append("BOZUK / NOT WHOLE" if findings.told else "TAMAM / WHOLE")
    sys.stdout.write("\n".join(out) + "\n")
    return 1 if findings.told else 0


if __name__ == "__main__":
    sys.exit(main())
