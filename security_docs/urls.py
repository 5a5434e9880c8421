"""Addresses of 5.3.1 beside the case page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
