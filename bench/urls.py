"""The program's addresses and the floor's."""

from django.urls import include, path

from accounts.access import PUBLIC
from bench import floor
from config import access

access.ACCESS |= dict.fromkeys(("floor-list", "floor-create", "floor-change"), PUBLIC)

urlpatterns = [
    path("floor/", floor.listed, name="floor-list"),
    path("floor/create/", floor.create, name="floor-create"),
    path("floor/change/<int:pk>/", floor.change, name="floor-change"),
    path("", include("config.urls")),
]
