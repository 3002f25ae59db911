"""Settings of a test run: servers of its own unless given, and no slow password hashing."""

import os
from pathlib import Path

from sales_mgmt.runtime.throwaway import provide_servers, take_own_place

os.environ.setdefault("SECRET_KEY", "only-for-tests")
provide_servers()  # settings.py reads the addresses
if "PYTEST_XDIST_WORKER" in os.environ:
    take_own_place(os.environ["PYTEST_XDIST_WORKER"])

from sales_mgmt.settings import *  # noqa: E402, F403
from sales_mgmt.settings import STATE_DIR, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Pages are rendered without a manifest, so tests need no collected files.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = str(Path(STATE_DIR) / "media")
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
COMPANY_CURRENCY = "RUB"
