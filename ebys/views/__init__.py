"""Pages of official correspondence."""
