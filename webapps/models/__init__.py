"""What room 5.3.7 keeps: applications with their roles and conditions."""

from webapps.models.register import Application, AppRole, Condition

__all__ = ["AppRole", "Application", "Condition"]
