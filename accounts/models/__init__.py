"""What the floor of people keeps: institutions and units, people, and the rights they hold or lend."""

from accounts.models.credentials import PasswordHistory
from accounts.models.declared import Acknowledgement
from accounts.models.factors import ClientCertificate, Passkey
from accounts.models.institutions import Institution, InstitutionKind, Level, Unit
from accounts.models.oversight import ApprovedRight, Training
from accounts.models.people import Language, User
from accounts.models.rights import Delegation, Grant
from accounts.models.staff import Employee
from accounts.models.windows import AccessWindow

__all__ = [
    "AccessWindow",
    "Acknowledgement",
    "ApprovedRight",
    "ClientCertificate",
    "Delegation",
    "Employee",
    "Grant",
    "Institution",
    "InstitutionKind",
    "Language",
    "Level",
    "Passkey",
    "PasswordHistory",
    "Training",
    "Unit",
    "User",
]
