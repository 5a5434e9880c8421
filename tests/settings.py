"""The settings of the tests: those of the program, in its mode for tests and under its database role."""

import os
from pathlib import Path

os.environ["SBS_MODE"] = "test"
if half := os.environ.get("PYTEST_XDIST_WORKER"):  # each half of the suite has its own services and files
    ours = Path(os.environ.get("SBS_VAR") or Path(__file__).resolve().parent.parent / "var")
    os.environ["SBS_VAR"] = str(ours if ours.name == half else ours / half)

from config.settings import *
from config.settings import DATABASES, MIDDLEWARE, PACES
from config.translations import compile_stale

DATABASES["default"]["ENGINE"] = "tests.database"  # made and emptied by the owner, entered as the program

MIDDLEWARE = [
    "tests.statics.ReadOnce" if name == "whitenoise.middleware.WhiteNoiseMiddleware" else name
    for name in MIDDLEWARE
]

PACES = {kind: (most * 1000, per) for kind, (most, per) in PACES.items()}  # tests walk faster than people

compile_stale()  # before Django reads a catalogue
