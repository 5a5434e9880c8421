"""Addresses of 5.3.2 beside the case page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
