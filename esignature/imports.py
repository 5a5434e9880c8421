"""Certificates taken into the register from a table (CSV, Excel, or typed in) with a preview.

Columns for PIN or security word are passed over unread; a cell that gives one away refuses its row.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import User
from esignature.access import keeps_register
from esignature.arrivals import take_over
from esignature.outcomes import Register
from processes.imports import Column, Importer, Line, Row

KEY = "certificates"
COLUMNS = (
    Column("request", ("Kayıt No", "Talep No", "Request number"), max_length=40),
    Column("registry_no", ("Sicil No", "Sicil Numarası", "Registry number"), max_length=20),
    Column("tc", ("T.C. Kimlik No", "T.C. Kimlik Numarası", "TCKN", "TC No", "TC"), digits=11),
    Column("kind", ("Tür", "Türü", "İmza Türü", "Kind"), max_length=40),
    Column("produced_on", ("Üretim Tarihi", "Üretildiği Tarih", "Produced on"), is_date=True),
    Column("delivered_on", ("Teslim Tarihi", "Teslim Edildiği Tarih", "Delivered on"), is_date=True),
    Column("serial", ("Seri No", "Seri Numarası", "Sertifika Seri No", "Serial number"), max_length=64),
    Column("carrier", ("Taşıyıcı", "Kart No", "Çubuk No", "Carrier"), max_length=80),
    Column("valid_from", ("Başlangıç Tarihi", "Geçerlilik Başlangıcı", "Valid from"), is_date=True),
    Column("valid_until", ("Bitiş Tarihi", "Geçerlilik Bitişi", "Valid until"), is_date=True),
)


def check(rows: Sequence[Row], scope: str, by: User) -> list[Line]:
    """What each row of the table would do."""
    register = Register(rows, by)
    return [register.plan(row)[0] for row in rows]


def apply(rows: Sequence[Row], scope: str, by: User) -> None:
    """Enter the certificates that are not in the register yet, and take the others further."""
    register = Register(rows, by)
    take_over([plan for _line, plan in map(register.plan, rows) if plan is not None], by=by)


IMPORTER = Importer(
    KEY,
    gettext_lazy("Certificates from a table"),
    COLUMNS,
    check,
    apply,
    keeps_register,
    lambda scope: reverse("esignature-certificates"),
    hint=gettext_lazy(
        "Each row needs the number of the request, the holder's registry number or TC Kimlik number, and either the day it "
        "was produced or delivered, or the serial number with both dates. Never hand in a PIN or security word."
    ),
    most_rows=20_000,
)
