"""What the trial run says when its first page can be opened: the address, the accounts, the key, a first letter.

python -m config.welcome http://127.0.0.1:8000       (started by `config.run`)
"""

from __future__ import annotations

import os
import sys

import django

PACKAGE = "tests/data/eyp/sample-v2.eyp"


def lines(address: str) -> list[str]:
    """The welcome, line by line; the texts are in the language of the office."""
    from accounts.demo import PASSWORD, shown_accounts

    rows = [(account.username, account.role, account.name, account.place) for account in shown_accounts()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    table = [
        "    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
    return [
        "",
        f"  SBS hazır: {address}/",
        "",
        f"  Deneme hesapları (parola: {PASSWORD})",
        *(line.rstrip() for line in table),
        "  İkinci adım kodu giriş sayfasında, hesabın yanında yazar.",
        "",
        *_interface(address),
        "  Durdurmak için Ctrl-C.",
        "",
    ]


def _interface(address: str) -> list[str]:
    from ebys.demo import KEY

    return [
        f"  EBYS arayüzü: {address}/api/v1/docs/",
        f"  Deneme anahtarı: {KEY}",
        "  Bir yazı göndermek için:",
        f"    curl -sS -H 'Authorization: Bearer {KEY}' -H \"Idempotency-Key: $(date +%s)\" \\",
        f"         -F package=@{PACKAGE} {address}/api/v1/incoming-letters/",
        "",
    ]


def main() -> int:
    """Prints the welcome."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils.translation import override

    with override("tr"):
        print("\n".join(lines(sys.argv[1])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
