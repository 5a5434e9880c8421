"""What the floor of people keeps: institutions and units, people, and the rights they hold or lend."""

from accounts.models.institutions import Institution, InstitutionKind, Level, Unit
from accounts.models.people import User
from accounts.models.rights import Delegation, Grant

__all__ = ["Delegation", "Grant", "Institution", "InstitutionKind", "Level", "Unit", "User"]
