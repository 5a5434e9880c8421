"""The settings of the tests: those of the program, in its mode for tests and under its database role."""

import os

os.environ["SBS_MODE"] = "test"

from config.settings import *
from config.settings import DATABASES
from config.translations import compile_stale

DATABASES["default"]["ENGINE"] = "tests.database"  # made and emptied by the owner, entered as the program

compile_stale()  # before Django reads a catalogue
