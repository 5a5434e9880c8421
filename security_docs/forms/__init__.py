"""What is asked for in 5.3.1: the official steps, the register, versions, announcements, readings."""

from security_docs.forms.steps import FORMS, NotifiedForm

__all__ = ["FORMS", "NotifiedForm"]
