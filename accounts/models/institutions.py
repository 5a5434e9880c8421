"""Institutions that ask, answer and receive letters, and the units inside them."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.models.keys import Named, NamedQuerySet


class InstitutionKind(models.TextChoices):
    """What an institution is: decides its level in letters and its route in the monthly USS distribution (5.3.5)."""

    MINISTRY = "ministry", _("Ministry")
    DIRECTORATE = "directorate", _("Provincial health directorate")
    PRESIDENCY = "presidency", _("Presidency of the directorate")
    DISTRICT_DIRECTORATE = "district_directorate", _("District health directorate")
    STATE_HOSPITAL = "state_hospital", _("State hospital")
    TRAINING_HOSPITAL = "training_hospital", _("Training and research hospital")
    INTEGRATED_HOSPITAL = "integrated_hospital", _("Integrated district hospital")
    UNIVERSITY_HOSPITAL = "university_hospital", _("University hospital")
    PRIVATE_HOSPITAL = "private_hospital", _("Private hospital")
    DENTAL_CENTER = "dental_center", _("Oral and dental health centre")
    MEDICAL_CENTER = "medical_center", _("Medical centre")
    BRANCH_CENTER = "branch_center", _("Single-branch centre")
    POLYCLINIC = "polyclinic", _("Polyclinic")
    VENDOR = "vendor", _("Hospital information system vendor")
    OTHER = "other", _("Other institution")


class Level(models.TextChoices):
    """Where an addressee stands as seen from the directorate: decides how a letter closes (Yönetmelik, `arz` / `rica`)."""

    SUPERIOR = "superior", _("Superior")
    PEER = "peer", _("Same level")
    SUBORDINATE = "subordinate", _("Subordinate")
    PRIVATE = "private", _("Private legal person")


LEVEL_OF_KIND: dict[str, Level] = {
    InstitutionKind.MINISTRY: Level.SUPERIOR,
    InstitutionKind.DIRECTORATE: Level.PEER,
    InstitutionKind.PRESIDENCY: Level.PEER,
    InstitutionKind.DISTRICT_DIRECTORATE: Level.SUBORDINATE,
    InstitutionKind.STATE_HOSPITAL: Level.SUBORDINATE,
    InstitutionKind.TRAINING_HOSPITAL: Level.SUBORDINATE,
    InstitutionKind.INTEGRATED_HOSPITAL: Level.SUBORDINATE,
    InstitutionKind.UNIVERSITY_HOSPITAL: Level.PEER,
    InstitutionKind.PRIVATE_HOSPITAL: Level.PRIVATE,
    InstitutionKind.DENTAL_CENTER: Level.SUBORDINATE,
    InstitutionKind.MEDICAL_CENTER: Level.PRIVATE,
    InstitutionKind.BRANCH_CENTER: Level.PRIVATE,
    InstitutionKind.POLYCLINIC: Level.PRIVATE,
    InstitutionKind.VENDOR: Level.PRIVATE,
    InstitutionKind.OTHER: Level.PEER,
}

DETSIS = r"^[0-9]{6,10}$"  # as it stands in a letter's number; leading zeros count
CKYS = r"^[0-9A-Za-z]{1,20}$"  # the official length is not published, so only odd characters are refused


class InstitutionQuerySet(NamedQuerySet["Institution"]):
    """Institutions as letters, pickers and reports need them."""

    def active(self) -> InstitutionQuerySet:
        return self.filter(is_active=True)

    def begins_with(self, word: str) -> Q:
        """One folded word that begins a part of the name or district, or one of the two codes."""
        found = super().begins_with(word)
        if not any(sign.isdigit() for sign in word):
            return found
        return found | Q(detsis_no__startswith=word) | Q(ckys_code__istartswith=word)

    def of_kind(self, *kinds: str) -> InstitutionQuerySet:
        return self.filter(kind__in=kinds)


class Institution(Named):
    """An office, facility or firm we write to or hear from: the directorate itself is one of them.

    Codes are text: leading zeros count. DETSİS numbers address letters, ÇKYS codes identify facilities in USS.
    """

    name = models.CharField(_("name"), max_length=200)
    name_dative = models.CharField(
        _("name in letters"),
        max_length=200,
        help_text=_(
            "In capitals and in the dative, as the addressee line prints it: ÖRNEKOVA DEVLET HASTANESİNE."
        ),
    )
    kind = models.CharField(_("kind"), max_length=24, choices=InstitutionKind)
    level_override = models.CharField(
        _("level in letters"),
        max_length=12,
        choices=Level,
        blank=True,
        help_text=_("Leave empty to take the level that goes with the kind."),
    )
    detsis_no = models.CharField(
        _("DETSİS number"),
        max_length=10,
        null=True,
        blank=True,
        validators=[RegexValidator(DETSIS, _("A DETSİS number has 6 to 10 digits and nothing else."))],
    )
    ckys_code = models.CharField(
        _("ÇKYS code"),
        max_length=20,
        null=True,
        blank=True,
        validators=[RegexValidator(CKYS, _("An ÇKYS code has up to 20 letters and digits, without spaces."))],
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    hbys_vendor = models.ForeignKey(
        "self",
        verbose_name=_("hospital information system vendor"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        limit_choices_to={"kind": InstitutionKind.VENDOR},
    )
    district = models.CharField(_("district"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    kep_address = models.EmailField(_("registered e-mail (KEP)"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = InstitutionQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ("sort_key", "id")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="institution_sort"),
            models.Index(fields=["search_key"], opclasses=["text_pattern_ops"], name="institution_search"),
            models.Index(fields=["kind"], name="institution_kind"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["detsis_no"],
                name="institution_detsis_unique",
                violation_error_message=_("Another institution already has this DETSİS number."),
            ),
            UniqueConstraint(
                fields=["ckys_code"],
                name="institution_ckys_unique",
                violation_error_message=_("Another institution already has this ÇKYS code."),
            ),
            CheckConstraint(
                condition=Q(detsis_no__isnull=True) | Q(detsis_no__regex=DETSIS),
                name="institution_detsis_digits",
                violation_error_message=_("A DETSİS number has 6 to 10 digits and nothing else."),
            ),
            CheckConstraint(
                condition=Q(ckys_code__isnull=True) | Q(ckys_code__regex=CKYS),
                name="institution_ckys_characters",
                violation_error_message=_("An ÇKYS code has up to 20 letters and digits, without spaces."),
            ),
            CheckConstraint(
                condition=Q(kind__in=InstitutionKind.values),
                name="institution_kind_known",
                violation_error_message=_("This kind of institution does not exist."),
            ),
            CheckConstraint(
                condition=Q(level_override__in=["", *Level.values]),
                name="institution_level_known",
                violation_error_message=_("This level does not exist."),
            ),
            CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="institution_parent_other",
                violation_error_message=_("An institution cannot belong to itself."),
            ),
            CheckConstraint(
                condition=~Q(name="") & ~Q(name_dative=""),
                name="institution_named",
                violation_error_message=_("An institution needs its name and the form that letters print."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> Level:
        """Where it stands as seen from the directorate: the written override, else what goes with the kind."""
        return Level(self.level_override) if self.level_override else LEVEL_OF_KIND[self.kind]

    @property
    def searched_text(self) -> str:
        return f"{self.name} {self.district}"

    name_fields = ("name", "district")

    def clean(self) -> None:
        """An empty code is no code: stored as NULL, so that two institutions without one do not collide."""
        self.detsis_no = self.detsis_no or None
        self.ckys_code = self.ckys_code or None


class UnitQuerySet(NamedQuerySet["Unit"]):
    """Units as pickers need them."""

    def active(self) -> UnitQuerySet:
        return self.filter(is_active=True, institution__is_active=True)


class Unit(Named):
    """A unit inside an institution (`Bilgi İşlem Birimi`); letters print it in brackets under the addressee."""

    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="units"
    )
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=30, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = UnitQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("sort_key", "id")
        indexes = [models.Index(fields=["institution", "sort_key", "id"], name="unit_sort")]
        constraints = [
            UniqueConstraint(
                fields=["institution", "name"],
                name="unit_name_unique",
                violation_error_message=_("This institution already has a unit of that name."),
            ),
            UniqueConstraint(
                fields=["institution", "code"],
                condition=~Q(code=""),
                name="unit_code_unique",
                violation_error_message=_("This institution already has a unit with that code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
