"""Case numbers as parts of an address."""

from django.urls import register_converter


class CaseNumber:
    """5.3.6/2026/000123, slashes included."""

    regex = r"[0-9]+(?:\.[0-9]+)*/[0-9]{4}/[0-9]{6,}"

    def to_python(self, value: str) -> str:
        """The number as it stands in the database."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it stands in the address."""
        return value


register_converter(CaseNumber, "case")
