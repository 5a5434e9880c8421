"""The REST surface other systems talk to; EBYS first of all."""
