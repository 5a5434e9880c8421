"""How fast it is, told as ratios against a bare Django page in the same run. `make bench`."""
