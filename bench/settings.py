"""The program's own settings with the floor's addresses more and the limits for one caller out of the way."""

from config.settings import *

ROOT_URLCONF = "bench.urls"
ALLOWED_HOSTS = ["127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {"api-read": "100000/min", "api-write": "100000/min"},
}
PACES = {"search": (100_000, 10), "export": (100_000, 60)}
