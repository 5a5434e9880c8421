"""Pages of 5.3.3 beside the case page."""
