"""Pages of 5.3.2 beside the case page."""
