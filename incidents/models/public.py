"""How often the public breach form answers to one address: the office's number for each address many people share."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST_AN_HOUR = 1000


def network(text: str) -> None:
    """Refuse what is neither an address nor a network such as 10.20.30.0/24."""
    try:
        ip_network(text)
    except ValueError as error:
        raise ValidationError(
            _("Write an address, or a network as its first address and length, such as 10.20.30.0/24.")
        ) from error


class SharedAddressQuerySet(models.QuerySet["SharedAddress"]):
    """Questions asked of shared addresses."""

    def reports_from(self, address: str) -> int | None:
        """How many reports an hour are taken from this address; None where nobody wrote anything about it.

        Of several networks that hold it the narrowest counts.
        """
        try:
            asked = ip_address(address)
        except ValueError:
            return None
        known = [(ip_network(net), most) for net, most in self.values_list("network", "reports_per_hour")]
        held = [(net.prefixlen, most) for net, most in known if net.version == asked.version and asked in net]
        return max(held)[1] if held else None

    def in_use(self) -> Self:
        """Those that count."""
        return self.filter(is_active=True)


class SharedAddress(models.Model):
    """An address or network behind which many people sit, such as a hospital: more reports an hour are taken from it."""

    name = models.CharField(_("whose it is"), max_length=150)
    network = models.CharField(
        _("address or network"),
        max_length=43,
        unique=True,
        validators=[network],
        help_text=_(
            "As the portal sees it, such as 10.20.30.40 or 10.20.30.0/24; 0.0.0.0/0 stands for everybody else. The "
            "narrowest one counts."
        ),
    )
    reports_per_hour = models.PositiveSmallIntegerField(
        _("reports an hour"), validators=[MinValueValidator(1), MaxValueValidator(MOST_AN_HOUR)]
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = SharedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared address of the public form")
        verbose_name_plural = _("shared addresses of the public form")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(reports_per_hour__gte=1, reports_per_hour__lte=MOST_AN_HOUR),
                name="sharedaddress_reports_sensible",
                violation_error_message=_("Between 1 and 1000 reports an hour are taken from an address."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.network})"
