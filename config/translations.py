"""The Turkish catalogues: collected from the code, checked, compiled. Needs no gettext on the machine.

    python -m config.translations update [app ...]   take new texts in, drop those no longer used
    python -m config.translations check              nothing missing, doubtful, left over or contradictory
    python -m config.translations compile            write the .mo files that are older than their .po

English stands in the code, Turkish in `locale/<app>/tr/LC_MESSAGES/django.po`; `portal` is everything no app owns. Entries are
sorted by text and name files without line numbers, so that a catalogue changes only when a text does.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES: dict[str, tuple[str, ...]] = {
    "portal": ("templates", "config"),
    "audit": ("audit",),
    "accounts": ("accounts",),
    "processes": ("processes",),
    "ebys": ("ebys",),
    "security_docs": ("security_docs",),
    "incidents": ("incidents",),
    "esignature": ("esignature",),
    "helpdesk": ("helpdesk",),
    "webapps": ("webapps",),
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLURALS = "nplurals=2; plural=(n > 1);"  # as Django's own Turkish catalogue has them
HEADER = f"""\
msgid ""
msgstr ""
"Language: tr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {PLURALS}\\n"

"""
PLACEHOLDER = re.compile(
    r"%(?:\((\w+)\))?[#0\- +]*[\d.]*([sdifgeExXr])|(?<!\{)\{(\w*)(?:![rs])?(?::[^}]*)?\}(?!\})"
)
CALL = re.compile(r"\b(gettext|ngettext|pgettext|npgettext|_)\(")
LITERAL = re.compile(r"\s*u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?", re.DOTALL)
Text = str | tuple[str, str]  # a text, or its singular and plural
Key = tuple[Text, str]  # with its context


def catalogue_path(app: str, root: Path = CHECKOUT) -> Path:
    """Where an app's translations stand."""
    return root / "locale" / app / "tr" / "LC_MESSAGES" / "django.po"


def _files(app: str, root: Path) -> Iterator[Path]:
    for source in SOURCES[app]:
        for path in sorted((root / source).rglob("*")):
            parts = path.relative_to(root).parts
            in_code = path.suffix == ".py" and "migrations" not in parts
            if in_code or ("templates" in parts and path.suffix in {".html", ".txt", ".xml"}):
                yield path


def _texts_of_python(path: Path) -> Iterator[Key]:
    from babel.messages.extract import DEFAULT_KEYWORDS, extract

    keywords = {**DEFAULT_KEYWORDS, **KEYWORDS}
    with path.open("rb") as source:
        for _line, text, _comments, context in extract("python", source, keywords=keywords):
            yield text if isinstance(text, str) else (text[0], text[1]), context or ""


def _texts_of_template(path: Path) -> Iterator[Key]:
    from django.utils.translation.template import templatize

    calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in CALL.finditer(calls):
        words: list[str] = []
        place = call.end()
        while found := LITERAL.match(calls, place):
            words.append(ast.literal_eval(found[1]))
            place = found.end()
        context = words.pop(0) if "p" in call[1].removesuffix("gettext") and words else ""
        if words:
            yield (words[0], words[1]) if call[1].startswith("n") else words[0], context


def texts(app: str, root: Path = CHECKOUT) -> dict[Key, set[str]]:
    """Every text the code of an app offers for translation, with the files it stands in."""
    found: dict[Key, set[str]] = {}
    for path in _files(app, root):
        offered = _texts_of_python(path) if path.suffix == ".py" else _texts_of_template(path)
        for key in offered:
            if key[0]:
                found.setdefault(key, set()).add(path.relative_to(root).as_posix())
    return found


def _key(message: Message) -> Key:
    text = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
    return text, message.context or ""


def _translations(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _is_complete(message: Message) -> bool:
    return bool(message.string) and all(_translations(message))


def _empty() -> Catalog:
    from babel.messages.catalog import Catalog

    catalogue = Catalog(locale="tr")
    catalogue.mime_headers = [("Plural-Forms", PLURALS)]
    return catalogue


def read(app: str, root: Path = CHECKOUT) -> Catalog:
    """An app's catalogue; an empty one when there is none yet."""
    from babel.messages.pofile import read_po

    path = catalogue_path(app, root)
    if not path.exists():
        return _empty()
    with path.open("rb") as source:
        return read_po(source, locale="tr", abort_invalid=True)


def update(app: str, root: Path = CHECKOUT) -> int:
    """Bring an app's catalogue in step with its code; the number of texts still to be translated."""
    from babel.messages.pofile import write_po

    old = {_key(message): message for message in read(app, root) if message.id}
    elsewhere = {
        _key(message): message
        for other in SOURCES
        if other != app
        for message in read(other, root)
        if message.id and _is_complete(message)
    }
    fresh = _empty()
    for key, files in texts(app, root).items():
        known = old.get(key) or elsewhere.get(key)
        fresh.add(
            key[0],
            known.string if known else None,
            locations=[(name, 0) for name in sorted(files)],
            flags=known.flags & {"fuzzy"} if known else (),
            user_comments=known.user_comments if known else (),
            context=key[1] or None,
        )
    target = io.BytesIO()
    write_po(target, fresh, width=110, omit_header=True, include_lineno=False, sort_output=True)
    path = catalogue_path(app, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(HEADER.encode() + target.getvalue().strip(b"\n") + b"\n")
    return sum(not _is_complete(message) for message in fresh if message.id)


def _placeholders(text: str) -> list[str]:
    """Names (or kinds, where unnamed) of the values a text takes in."""
    found = PLACEHOLDER.finditer(text.replace("%%", ""))
    return sorted({match[1] or match[3] or match[2] or "{}" for match in found})


def _fits(message: Message) -> bool:
    """Whether the translation takes in the values the text does; a singular may leave its number out."""
    allowed = [_placeholders(text) for text in ((message.id,) if isinstance(message.id, str) else message.id)]
    return all(_placeholders(text) in allowed for text in _translations(message))


def problems(root: Path = CHECKOUT) -> list[str]:
    """What is wrong with the catalogues, a line each; empty when every reader of Turkish is served."""
    found: list[str] = []
    said: dict[Key, tuple[str, tuple[str, ...]]] = {}
    for app in SOURCES:
        used = texts(app, root)
        there = {_key(message): message for message in read(app, root) if message.id}
        found += [
            f"{app}: missing: {key[0]!r} ({', '.join(sorted(used[key]))})" for key in used if key not in there
        ]
        found += [f"{app}: no longer used: {key[0]!r}" for key in there if key not in used]
        for key, message in there.items():
            if key not in used:
                continue
            if "fuzzy" in message.flags:
                found.append(f"{app}: doubtful (fuzzy): {key[0]!r}")
            elif not _is_complete(message):
                found.append(f"{app}: not translated: {key[0]!r}")
            elif not _fits(message):
                found.append(f"{app}: other values in the translation of {key[0]!r}")
            else:
                first, words = said.setdefault(key, (app, _translations(message)))
                if words != _translations(message):
                    found.append(
                        f"{app}: {key[0]!r} is translated otherwise in {first}; give one of them a context"
                    )
    return found


def compile_stale(root: Path = CHECKOUT) -> list[Path]:
    """Write the .mo files that are missing or older than their .po; those written."""
    written = []
    for app in SOURCES:
        source = catalogue_path(app, root)
        target = source.with_suffix(".mo")
        if not source.exists() or (
            target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
        ):
            continue
        from babel.messages.mofile import write_mo

        stamp = source.stat()
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        with fresh.open("wb") as output:
            write_mo(output, read(app, root))
        os.utime(fresh, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # written to meanwhile: stale again
        fresh.replace(target)
        written.append(target)
    return written


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m config.translations", description="The Turkish catalogues."
    )
    parser.add_argument("what", choices=("update", "check", "compile"))
    parser.add_argument("apps", nargs="*", choices=[*SOURCES, []], help="only these (update)")
    given = parser.parse_args(arguments)
    if given.what == "update":
        for app in given.apps or SOURCES:
            print(f"{app}: {update(app)} to translate")
        return 0
    if given.what == "compile":
        print(*compile_stale(), sep="\n", end="")
        return 0
    complaints = problems()
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
