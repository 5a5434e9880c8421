"""Django's settings. Everything that differs between machines comes from `config.env`; the rest is the same everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF

from config.addresses import cache_address, celery_address, django_database, private_addresses
from config.env import CHECKOUT, Mode, current
from config.logs import logging_for
from config.rooms import ROOMS
from config.schedule import SCHEDULE

django_stubs_ext.monkeypatch()

ENV = current()
MODE = ENV.mode
DEMO = MODE is Mode.DEMO  # the log-in page shows the demo accounts; nothing else asks
PRODUCTION = MODE is Mode.PRODUCTION
DEBUG = False
BASE_DIR = CHECKOUT

# Secrets
SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = list(ENV.old_secret_keys)
FIELD_KEYS = ENV.field_keys  # the first encrypts, all of them decrypt
LOOKUP_KEY = ENV.lookup_key
SEAL_KEY = ENV.seal_key  # empty but in the sealer
SEAL_PUBLIC_KEY = ENV.seal_public_key

# What runs
INSTALLED_APPS = [
    "accounts.apps.SbsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "auditlog",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "axes",
    "config",
    "audit",
    "accounts",
    "processes",
    "ebys",
    *ROOMS,
]
MIDDLEWARE = [
    "config.metrics.MeasureMiddleware",
    "audit.middleware.TrailMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionRulesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.access.AccessMiddleware",
    "config.pacing.PaceMiddleware",
    "config.errors.RefusalMiddleware",
    "config.deadlocks.DeadlockMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "processes.context.portal",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Django's own form templates come after ours, so a template of the portal may replace one of them.
FORM_RENDERER = "processes.renderers.PortalRenderer"

# Database, cache, files
PRIVATE = private_addresses(ENV.var / ("test" if MODE is Mode.TEST else "demo"))
DATABASES: dict[str, dict[str, Any]] = {
    "default": django_database(ENV.database_url or PRIVATE.database)
    | {"ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
}
# A request that died with its locks in hand frees them after two minutes; one that waits for them gives up before.
DATABASES["default"]["OPTIONS"].setdefault(
    "options", "-c lock_timeout=15s -c idle_in_transaction_session_timeout=120s"
)
REDIS_URL = ENV.redis_url or PRIVATE.redis
CACHES = {
    "default": {
        "BACKEND": "config.caching.PatientCache",
        "LOCATION": cache_address(REDIS_URL),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        "KEY_PREFIX": "sbs",
    },
    # Pieces of pages, found by what they print: the same menu and the same filters are printed once per process.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}
# Stored documents: never served by address, only through views that ask who is there.
FILES_ROOT = MEDIA_ROOT = ENV.files
VIRUS_SCANNER = ENV.clamd  # without one, files are judged by their content alone
SEALS_FOLDER = ENV.seals
SENT_FOLDER = ENV.sent  # none: beside the seals
BACKUPS_FOLDER = ENV.backups
TLS_CERTIFICATE = ENV.tls_certificate
MONITORING_NETWORKS = ENV.monitoring_networks
MONITORING_TOKEN = ENV.monitoring_token
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if MODE is Mode.TEST
            else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        )
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else ENV.var / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = MODE is Mode.TEST

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # looks at no password; refuses where too many were wrong
    "accounts.backends.RoleBackend",
    "accounts.directory.DirectoryBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MODE is Mode.TEST:
    PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # speed; nothing real is ever hashed in tests
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.validators.DirectiveValidator"},
    {"NAME": "accounts.validators.ReuseValidator"},
]
# Ek-5 5.4; the directive's own ceilings hold whatever stands here
PASSWORD_MIN_LENGTH = 10
PASSWORD_MIN_LENGTH_ADMINISTRATORS = 14
PASSWORD_DAYS = 180
PASSWORD_DAYS_ADMINISTRATORS = 90
PASSWORD_WARNING_DAYS = 14
LEAKED_PASSWORDS = ENV.leaked_passwords  # none: only the list of the most used is asked
LINK_MINUTES = 15  # a one-time link to choose a password
PASSWORD_RESET_TIMEOUT = LINK_MINUTES * 60
CLIENT_CRL = ENV.client_crl
ADMIN_NEEDS_CERTIFICATE = ENV.admin_needs_certificate
LDAP_URL, LDAP_USER_DN, LDAP_CA = ENV.ldap_url, ENV.ldap_user_dn, ENV.ldap_ca
LDAP_STRATEGY = "SYNC"
OTP_TOTP_ISSUER = "SBS"
OTP_TOTP_THROTTLE_FACTOR = 1
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_LONGEST_HOURS = 10
SESSION_IDLE_MINUTES = 15
SESSION_COOKIE_AGE = SESSION_LONGEST_HOURS * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Failed attempts to log in (Ek-5 5.6.7), counted by django-axes; the limits are in accounts/attempts.py
AXES_HANDLER = "accounts.attempts.Handler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address", "username"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # knocking on a shut door keeps it shut no longer
AXES_USERNAME_CALLABLE = "accounts.attempts.account_of"
AXES_CLIENT_IP_CALLABLE = "audit.addresses.client_address"
AXES_DISABLE_ACCESS_LOG = True  # who was here is told by the trail
AXES_ENABLE_ADMIN = False  # locked accounts stand among the people
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W002"
]  # its middleware is left out: the pages say themselves how long to wait

# The trail
AUDITLOG_LOGENTRY_MODEL = "audit.Entry"
MIGRATION_MODULES = {"auditlog": None}  # the library's own table is not made: audit_entry stands in its place
SEAL_OLD_PUBLIC_KEYS = list(
    ENV.seal_old_public_keys
)  # name+id+key of keys that sealed before the present one
SEAL_MAIL_TO = list(ENV.seal_mail_to)  # beside the unit heads
SNMP_HOSTS = ENV.snmp_hosts
SNMP_PORT = 161
TIMESTAMP_URL = ENV.timestamp_url
TIMESTAMP_CA = ENV.timestamp_ca

# Language and time
LANGUAGE_CODE = "tr"
LANGUAGES = [("tr", "Türkçe"), ("en", "English")]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [
    BASE_DIR / "locale" / name for name in ("portal", "audit", "accounts", "processes", "ebys", *ROOMS)
]
TIME_ZONE = "Europe/Istanbul"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

# Web safety
ALLOWED_HOSTS = list(ENV.allowed_hosts)
TRUSTED_PROXIES = ENV.trusted_proxies
WEBHOOK_HOSTS = ENV.webhook_hosts  # what may be told of events; nothing unless named
WEBHOOK_NETWORKS = ENV.webhook_networks  # where such an address may lie when it is not public
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
# A name that begins so is taken by browsers only over TLS, from this host itself and for all of it.
COOKIE_PREFIX = "__Host-" if PRODUCTION else ""
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
THEME_COOKIE_NAME = f"{COOKIE_PREFIX}theme"  # static/js/theme.js writes it under this name
SUBPROCESS_COOKIE_NAME = f"{COOKIE_PREFIX}subprocess"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # nginx overwrites what the visitor sends
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [
        r"^health/$",
        r"^healthz$",
        r"^metrics$",
    ]  # asked from inside, without the proxy
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
    LANGUAGE_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [ENV.base_url]

# How much one signed-in person may ask for: so many within so many seconds
PACES = {"search": (60, 10), "export": (30, 60)}

# The office's own numbers
HELPDESK_REOPEN_DAYS = 15  # calendar days within which a closed request may be taken up again
INCIDENTS_ACKNOWLEDGE_MINUTES = 15  # how long somebody on call has before the next person is told of a breach
INCIDENTS_REPORTS_PER_HOUR = 5  # over the public form from an address without a number of its own

# E-mail
BASE_URL = ENV.base_url
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
if ENV.email_url:
    _mail = urlsplit(ENV.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp+starttls" or (_mail.scheme == "smtp" and bool(_mail.username))
    EMAIL_PORT = _mail.port or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = ENV.var / "mail"

# Background work. A task may run twice, never zero times; nothing is true only because a task ran.
CELERY_BROKER_URL = celery_address(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,  # above the time limit, or a long task would be handed out twice
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a lost broker must not hold up a saved record; the sweep finds the work
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(ENV.var / "beat")

# The API
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
    "EXCEPTION_HANDLER": "ebys.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SBS – Sağlık Bilgi Sistemleri",
    "DESCRIPTION": "EBYS ile yazı ve başvuru alışverişi.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# What the program says of itself: one line each to the terminal, no personal data
LOGGING = logging_for(ENV.log_format, "WARNING" if MODE is Mode.TEST else "INFO")
