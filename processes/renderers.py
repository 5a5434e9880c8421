"""How forms are printed: every field through the portal's own component."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """`{{ form }}` prints the gathered errors and every field as components/field.html lays it out."""

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"
