"""5.3.1 for programs: the document register, versions, clauses, announcements, and one's own readings."""
