"""What is written about a breach beside its official steps."""
