"""For other programs: certificates and what happens to them, batch letters, requests opened for many people at once."""
