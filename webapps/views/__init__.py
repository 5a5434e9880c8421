"""Pages of 5.3.7 beside the case page."""
