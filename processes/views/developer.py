"""Every component of the portal in all its states, for those who build pages; only in the trial run and in tests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from processes import charts, pdf
from processes.export import Column, respond
from processes.paging import Page
from processes.panels import Event
from processes.renderers import PortalRenderer
from processes.widgets import Picker

CHANNELS = [("letter", "Resmî yazı (EBYS)"), ("telephone", "Telefon"), ("portal", "Portal")]
CONTROLS = [
    ("closed", "Hesap kapatıldı"),
    ("sessions", "Açık oturumlar sonlandırıldı"),
    ("rules", "Kurallar silindi"),
]
MONTHS = ("Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki")


class SampleForm(forms.Form):
    """A field of every kind."""

    default_renderer = PortalRenderer
    title = forms.CharField(label="Konu", max_length=200, help_text="Tek cümleyle: ne çalışmıyor?")
    institution = forms.CharField(label="Kurum", widget=Picker("institutions-find"))
    channel = forms.ChoiceField(label="Nasıl ulaştı", choices=CHANNELS)
    urgency = forms.ChoiceField(
        label="Aciliyet",
        choices=[("a", "Olağan"), ("b", "Hasta bakımı etkileniyor")],
        widget=forms.RadioSelect,
    )
    controls = forms.MultipleChoiceField(
        label="Yapılan kontroller",
        choices=CONTROLS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="En az ikisi gerekir.",
    )
    stopped_on = forms.DateField(
        label="Durdurulma günü", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    computers = forms.IntegerField(label="Etkilenen bilgisayar", required=False, min_value=0)
    text = forms.CharField(label="Açıklama", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    attachment = forms.FileField(label="Ek", required=False)
    is_confidential = forms.BooleanField(label="Bildirenin adı gizli tutulsun", required=False)


class SampleFilter(forms.Form):
    """Filters of a list."""

    default_renderer = PortalRenderer
    q = forms.CharField(label="Sözcükler", required=False)
    state = forms.ChoiceField(
        label="Durum", required=False, choices=[("", "Hepsi"), ("open", "Açık"), ("closed", "Kapalı")]
    )
    channel = forms.ChoiceField(label="Nasıl ulaştı", required=False, choices=[("", "Hepsi"), *CHANNELS])
    since = forms.DateField(label="Açılış", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class SampleRow:
    """A row of a list."""

    def __init__(self, pk: int, subject: str, institution: str, rate: str | None, days: int) -> None:
        self.pk = pk
        self.number = f"5.3.6/2026/{pk:06d}"
        self.subject = subject
        self.institution = institution
        self.rate = Decimal(rate) if rate else None
        self.opened_at = timezone.now() - timedelta(days=days)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Nowhere else: the row is invented."""
        return f"#{self.number}"


class Samples:
    """Invented rows and cases."""

    columns: ClassVar[list[Column]] = [
        Column("number", "Sayı", sort="number"),
        Column("subject", "Konu"),
        Column("institution", "Kurum", sort="institution"),
        Column("rate", "Oran", kind="percent", sort="rate"),
        Column("opened_at", "Açılış", kind="time", sort="opened_at"),
    ]

    @staticmethod
    def rows() -> list[SampleRow]:
        """Rows of a list; one begins like a formula."""
        return [
            SampleRow(412, "Acil serviste ağ kesintisi", "Örnekova Devlet Hastanesi", "97.2", 9),
            SampleRow(420, "=Posta sunucusu kuralı", "Gülpınar Tıp Merkezi", None, 4),
            SampleRow(
                398,
                "Yedek güç kaynağı arızası, İğdır yolu üzerindeki ambar",
                "Şehit Öğretmen ASM",
                "100",
                400,
            ),
        ]

    @staticmethod
    def steps() -> list[dict[str, Any]]:
        """A case in its fourth step."""
        today = timezone.localdate()
        return [
            {
                "number": "5.3.2.1",
                "label": "Bildirim",
                "state": "done",
                "when": today - timedelta(days=3),
                "actual": "1 gün",
                "planned": "1 gün",
                "who": "A. Yılmaz",
            },
            {
                "number": "5.3.2.2",
                "label": "Karar",
                "state": "done",
                "when": today - timedelta(days=1),
                "actual": "2 gün",
                "planned": "1 gün",
                "who": "M. Çelik",
                "is_late": True,
            },
            {"number": "5.3.2.3", "label": "Disipline yazı", "state": "skipped"},
            {"number": "5.3.2.4", "label": "Durdurma", "state": "now", "planned": "1 gün", "who": "M. Çelik"},
            {"number": "5.3.2.5", "label": "Engel", "state": "planned", "planned": "1 gün"},
            {"number": "5.3.2.6", "label": "Bilgi verme", "state": "planned"},
        ]

    @staticmethod
    def events() -> list[Event]:
        """One entry of every kind."""
        now = timezone.now()
        return [
            Event(now, "step", "disiplin soruşturması gerektiğine karar verdi", "Adli işlem gerekmiyor."),
            Event(
                now - timedelta(hours=1),
                "note",
                "iç not",
                "Hastane aynı iletiden 14 tane daha gördü.",
                is_internal=True,
            ),
            Event(now - timedelta(hours=5), "letter", "EBYS yazısı geldi", url="#letter"),
            Event(now - timedelta(days=1), "file", "ileti başlıkları.pdf eklendi"),
            Event(now - timedelta(days=2), "refused", "kapatma reddedildi", "Zorunlu 2 kontrol eksik."),
            Event(now - timedelta(days=330), "opened", "Web formundan bildirildi"),
        ]

    @staticmethod
    def dues() -> list[dict[str, Any]]:
        """How a due time can stand."""
        now = timezone.now()
        return [
            {"at": now - timedelta(days=3), "waiting": False, "hours": False},
            {"at": now - timedelta(minutes=1), "waiting": False, "hours": False},
            {"at": now + timedelta(minutes=1), "waiting": False, "hours": False},
            {"at": now + timedelta(days=9), "waiting": False, "hours": False},
            {"at": now + timedelta(hours=41), "waiting": False, "hours": True},
            {"at": now + timedelta(days=2), "waiting": True, "hours": False},
            {"at": None, "waiting": False, "hours": False},
        ]

    @staticmethod
    def heat() -> charts.HeatMap:
        """Rates of three hospitals."""
        rates: dict[str, list[float | None]] = {
            "Örnekova Devlet Hastanesi": [97.2, 96.5, 98.7, None],
            "Gülpınar Devlet Hastanesi": [98.7, 99.4, 91.8, 96.5],
            "Çınarlı Entegre Hastanesi": [99.9, 97.2, None, 98.1],
        }
        return charts.HeatMap(
            title="Gönderim oranı, Ekim 2026",
            row_label="Tesis",
            columns=("101 Kayıt", "102 Hizmet", "105 Numune", "103 Muayene"),
            rows=[
                charts.HeatRow(
                    name,
                    [charts.rate_cell(value, threshold=98, shows_difference=True) for value in values],
                    url="#heat",
                    trend=charts.change(Decimal("1.2") if values[0] == 97.2 else Decimal("-3.1")),
                )
                for name, values in rates.items()
            ],
            legend=charts.rate_legend(98),
            trend_label="Eylül'e göre",
        )

    @staticmethod
    def bars() -> charts.BarChart:
        """One kind of bars with a goal and a month without a number."""
        values = [92.1, 93.0, 95.4, None, 96.2, 97.7, 98.1, 98.4, 99.0, 98.8]
        return charts.BarChart(
            "Aylara göre gönderim oranı",
            MONTHS,
            [charts.Series("Oran", values)],
            unit="%",
            goal=98,
            goal_label="eşik % 98",
            place_label="Ay",
            places_after_point=1,
        )

    @staticmethod
    def grouped() -> charts.BarChart:
        """Two kinds of bars to a month."""
        return charts.BarChart(
            "Açılan ve kapanan kayıtlar",
            MONTHS,
            [
                charts.Series("Açılan", [31, 28, 40, 35, 33, 29, 18, 22, 41, 38]),
                charts.Series("Kapanan", [30, 30, 36, 37, 31, 30, 20, 19, 39, 40]),
            ],
            place_label="Ay",
        )

    @staticmethod
    def spark() -> charts.Sparkline:
        """The course of a rate."""
        return charts.Sparkline(
            "Gönderim oranı", [92.1, 93.0, None, 95.4, 96.2, 97.7, 98.1], unit="%", goal=98
        )


def context_of(request: HttpRequest) -> dict[str, Any]:
    """Everything the page of components prints."""
    rows = Samples.rows()
    return {
        "now": timezone.now(),
        "columns": Samples.columns,
        "rows": rows,
        "page": Page(rows, "later", "earlier", "Liste bu arada değişti; bu, ilk sayfasıdır."),
        "dues": Samples.dues(),
        "steps": Samples.steps(),
        "events": Samples.events(),
        "heat": Samples.heat(),
        "bars": Samples.bars(),
        "grouped": Samples.grouped(),
        "spark": Samples.spark(),
        "form": SampleForm(auto_id="empty_%s", prefix="empty"),
        "wrong": SampleForm({"channel": "pigeon", "computers": "-3"}, auto_id="wrong_%s"),
        "filter": SampleFilter(request.GET or None, auto_id="filter_%s"),
        "main_filters": ["q", "state"],
        "tabs": [
            {"label": "Bana atanan", "url": "#tabs", "count": 14, "is_current": True},
            {"label": "Birimim", "url": "#unit", "count": 41},
            {"label": "Vekâleten", "url": "#lent"},
        ],
        "views": [
            {"name": "Gecikenler", "url": "?state=open", "is_shared": True, "remove_url": ""},
            {"name": "Hastaneler", "url": "?q=hastane", "is_current": True, "remove_url": "#remove"},
        ],
        "facts": [
            ("Seviye", "C · şüpheli durum"),
            ("Kurum", "Gülpınar Tıp Merkezi"),
            ("Bildiren", "(gizli)"),
            ("Boş", ""),
        ],
        "bulk_actions": [
            {"value": "assign", "label": "Bana ata"},
            {"value": "cancel", "label": "İptal et", "kind": "danger"},
        ],
        "tones": ["late", "soon", "calm", "wait", "accent", "plain"],
    }


def components(request: HttpRequest) -> HttpResponseBase:
    """The page of components; ?export= gives the sample list as a file, ?print= the charts as a PDF."""
    if not (settings.DEMO or settings.MODE == "test"):
        raise Http404
    if chosen := request.GET.get("export"):
        return respond(chosen, Samples.rows(), Samples.columns, "ornek-liste", title="Örnek liste")
    context = context_of(request)
    if request.GET.get("print"):
        return HttpResponse(pdf.render("pdf/sample.html", context), content_type="application/pdf")
    if request.GET.get("messages"):
        messages.success(request, "Adım kaydedildi.")
        messages.error(request, "Kayıt bu arada değişti; yazdıklarınız aşağıda duruyor.")
    return render(request, "developer/components.html", context)
