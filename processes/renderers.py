"""How forms are printed: every field through the portal's own component."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django.forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.template.backends.django import DjangoTemplates as Backend
from django.utils.functional import cached_property

DJANGO_WIDGETS = Path(django.forms.__file__).parent / "templates"


class PortalRenderer(DjangoTemplates):
    """`{{ form }}` prints the gathered errors and every field as components/field.html lays it out.

    Widgets may use templates of the portal; Django's own come last, so the portal can replace one.
    """

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"

    @cached_property
    def engine(self) -> Any:
        """The engine of the portal's templates and Django's widgets."""
        return Backend(
            {
                "APP_DIRS": True,
                "DIRS": [settings.BASE_DIR / "templates", DJANGO_WIDGETS],
                "NAME": "forms",
                "OPTIONS": {},
            }
        )
