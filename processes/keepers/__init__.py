"""How the floors below keep clauses of the directive: they know nothing of clauses, so it is said here."""
