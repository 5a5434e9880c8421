"""The settings of the tests: those of the program, in its mode for tests."""

import os

os.environ["SBS_MODE"] = "test"

from config.settings import *
from config.translations import compile_stale

compile_stale()  # before Django reads a catalogue
