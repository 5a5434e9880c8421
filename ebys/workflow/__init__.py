"""The gates of letters: `incoming` for those that reach us, `outgoing` for those we write."""
