"""Pages of 5.3.1 beside the case page."""
