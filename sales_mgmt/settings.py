"""Settings, read top to bottom from the environment; docs/settings.md lists the variables."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from sales_mgmt.release import release_mark

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
RELEASE = release_mark(BASE_DIR)
STATE_DIR = Path(env("STATE_DIR", default=str(BASE_DIR / "var")))

# --- Identity -------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "sales_mgmt.urls"
WSGI_APPLICATION = "sales_mgmt.wsgi.application"
# How many proxies of our own stand before the web server (their X-Forwarded-For is believed).
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications ---------------------------------------------------------------------------
ROOMS = [
    "apps.core",
    "apps.staff",
    "apps.tasks",
    "apps.clients",
    "apps.deals",
    "apps.portfolio",
    "apps.kpis",
    "apps.forecasts",
    "apps.bonuses",
    "apps.dashboard",
    "apps.api",
]
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "apps.staff.panel.PanelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "rest_framework",
    "sales_mgmt",  # the commands that set up, start, check and test the product
    *ROOMS,
]
MIDDLEWARE = [
    "apps.core.middleware.RequestIdMiddleware",
    "apps.core.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.staff.middleware.SessionAgeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "apps.core.middleware.PersonLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.toasts.ToastMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "apps.core.middleware.FailureMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context.frame",
            ],
            "builtins": ["apps.core.templatetags.face"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Data -----------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **env.db("DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/sales"),
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
    }
}
# Seconds a statement may run in a web request before PostgreSQL cuts it (0: no limit).
STATEMENT_TIMEOUT_SECONDS = env.int("STATEMENT_TIMEOUT_SECONDS", default=0)
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 3,
    "options": f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS * 1000} -c timezone=UTC",
}
REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "sales_mgmt.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    },
    # Parts of the frame, mostly the same for everybody of a role; gone with the process.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    },
    # The last screens of snapshots that the process has shown; all of them are in the default one.
    "screens": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "screens",
        "OPTIONS": {"MAX_ENTRIES": 40},
    },
}
MEDIA_ROOT = env("MEDIA_ROOT", default=str(STATE_DIR / "media"))

# Requests that may change audited rows: theirs alone carry the author along with each statement.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# --- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "apps.staff.backends.PersonBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "apps.staff.password_rules.LengthValidator"},
    {"NAME": "apps.staff.password_rules.LeakedPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "staff:log_in"
LOGIN_REDIRECT_URL = "dashboard:today"
LOGOUT_REDIRECT_URL = "staff:log_in"
PASSWORD_RESET_TIMEOUT = 24 * 3600
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_HANDLER = "apps.staff.throttling.LogInThrottle"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "apps.staff.throttling.keep_response"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_USERNAME_FORM_FIELD = "username"

# --- Sessions, cookies, headers -------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=False)
SESSION_ENGINE = "apps.staff.sessions"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "apps.core.views.errors.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked for inside, over plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Guards against carrying the base away --------------------------------------------------
EXPORTS_PER_HOUR = env.int("EXPORTS_PER_HOUR", default=10)
# More cards of clients and deals opened within an hour are told to heads and administrators.
CARDS_PER_HOUR = env.int("CARDS_PER_HOUR", default=1000)

# --- Language, time, numbers ----------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["sales_mgmt.formats"]

# --- Static files ---------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(STATE_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "sales_mgmt.assets_finder.PackageFinder",
    "sales_mgmt.assets_finder.IconFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sales_mgmt.static_storage.HashedStorage"},
}

# --- Mail -----------------------------------------------------------------------------------
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env("EMAIL_HOST", default="")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="sales@localhost")
# Where people open the product ("https://sales.example.com"); letters link to it when it is given.
SITE_URL = env("SITE_URL", default="").rstrip("/")

# --- Work in the background -----------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Names of tasks are strings: a room adds its own line here.
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs-and-outbox": {"task": "apps.core.tasks.sweep_task", "schedule": 30.0},
    "start-due-nights": {
        "task": "apps.kpis.tasks.start_due_nights_task",
        "schedule": crontab(minute="*/5"),
    },
    "make-tasks-that-come-again": {
        "task": "apps.tasks.tasks.make_due_tasks_task",
        "schedule": crontab(minute="*/10"),
    },
    "remind-of-terms": {
        "task": "apps.tasks.tasks.climb_ladders_task",
        "schedule": crontab(minute="*/5"),
    },
    "remind-of-plans": {
        "task": "apps.kpis.tasks.remind_of_plans_task",
        "schedule": crontab(minute=20),
    },
    "find-likely-duplicates": {
        "task": "apps.clients.tasks.find_duplicates_task",
        "schedule": crontab(hour=1, minute=10),
    },
}

# --- Logs -----------------------------------------------------------------------------------
LOG_FORMAT = env("LOG_FORMAT", default="text")  # "json" in production
LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOG_FIELDS = "asctime levelname name message request_id user_id task_id"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "context": {"()": "apps.core.logs.ContextFilter"},
        "scrubbing": {"()": "apps.core.logs.ScrubbingFilter"},
    },
    "formatters": {
        "text": {
            "format": "{asctime} {levelname} {name} [{request_id} {user_id} {task_id}] {message}",
            "style": "{",
        },
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": " ".join(f"%({field})s" for field in LOG_FIELDS.split()),
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["context", "scrubbing"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Django adds its own handlers to these two; one line per event is enough.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
    },
}

# --- Admin panel ----------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("Sales department"),
    "SITE_HEADER": _("Sales department"),
    "SITE_SUBHEADER": _("People and access"),
    "SITE_SYMBOL": "groups",
    "SHOW_BACK_BUTTON": True,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}
    ],
    "SIDEBAR": {"show_search": True},
    "BORDER_RADIUS": "6px",
    "COLORS": {  # the accent of the product
        "primary": {
            "50": "#f3f7fd",
            "100": "#e7eefa",
            "200": "#c9d9f2",
            "300": "#9fc0ee",
            "400": "#86b4f7",
            "500": "#3f7fd6",
            "600": "#1d5bb8",
            "700": "#174a97",
            "800": "#143d7b",
            "900": "#122f5c",
            "950": "#0f1a2b",
        }
    },
}

# --- API ------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.api.errors.answer",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is no parameter of ours
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sales department",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
}
