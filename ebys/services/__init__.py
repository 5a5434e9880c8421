"""Audited writes of letters that are no move of a gate: receiving, registering, drafting."""
