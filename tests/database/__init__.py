"""The tests' own way into PostgreSQL: tables are made and emptied by the owner, everything else is done as the program."""
