"""How every list of this room is shown: narrowed by its filters, page by page, or as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from processes import export
from processes.filters import Narrowed
from processes.paging import page_of
from processes.requests import person
from processes.views.keeping import exported

ROWS = 50


def shown(
    request: HttpRequest,
    rows: QuerySet[Any],
    columns: Sequence[export.Column],
    order: Sequence[str],
    *,
    template: str,
    list_name: str,
    title: export.Text,
    chosen: Narrowed | None = None,
    heads: Sequence[export.Column] | None = None,
    prepare: Callable[[Sequence[Any]], None] | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponseBase:
    """The page of a list, or its file when the address asks for one.

    `heads` are the columns of a page whose rows a template of their own prints; `prepare` is shown those rows before.
    """
    if kind := request.GET.get("export"):
        return exported(
            kind, person(request), list_name, rows.order_by(*order), columns, list_name, title=title
        )
    page = page_of(rows, order, request.GET.get("cursor", ""), size=ROWS)
    if prepare is not None:
        prepare(page.rows)
    return render(
        request,
        template,
        {
            "page": page,
            "columns": heads or columns,
            "title": title,
            "filter": chosen,
            "row_url": "get_absolute_url",
            **context,
        },
        status=status,
    )
