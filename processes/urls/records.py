"""Addresses of notes, files, saved views, the inbox and the calendar of due dates."""

from __future__ import annotations

from django.urls import path

from accounts.access import PUBLIC, SIGNED_IN, Rule
from processes.urls import converters  # registers <case:…>
from processes.views import desk, records

urlpatterns = [
    path("cases/<case:number>/notes/", records.note_add, name="note-add"),
    path("cases/<case:number>/files/", records.file_add, name="file-add"),
    path("files/<int:pk>/<int:revision>/", records.file, name="file"),
    path("files/<int:pk>/revise/", records.file_revise, name="file-revise"),
    path("files/<int:pk>/withdraw/", records.file_withdraw, name="file-withdraw"),
    path("inbox/", desk.inbox, name="inbox"),
    path("inbox/read/", desk.inbox_read, name="inbox-read"),
    path("inbox/<int:pk>/", desk.inbox_open, name="inbox-open"),
    path("views/<slug:list_name>/", desk.view_save, name="view-save"),
    path("views/<int:pk>/change/", desk.view_change, name="view-change"),
    path("views/<int:pk>/remove/", desk.view_remove, name="view-remove"),
    path("calendar/", desk.feed_key, name="feed-key"),
    path("calendar/<str:secret>.ics", desk.feed, name="feed"),
]

ACCESS: dict[str, Rule] = {
    "note-add": SIGNED_IN,
    "file-add": SIGNED_IN,
    "file": SIGNED_IN,
    "file-revise": SIGNED_IN,
    "file-withdraw": SIGNED_IN,
    "inbox": SIGNED_IN,
    "inbox-read": SIGNED_IN,
    "inbox-open": SIGNED_IN,
    "view-save": SIGNED_IN,
    "view-change": SIGNED_IN,
    "view-remove": SIGNED_IN,
    "feed-key": SIGNED_IN,
    "feed": PUBLIC,  # the secret in the address is the key
}

__all__ = ["ACCESS", "converters", "urlpatterns"]
