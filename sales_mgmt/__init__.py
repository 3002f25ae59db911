"""The project. Its Celery application is loaded with it, so that every process knows the broker."""

import os
from importlib.util import find_spec

# The threads of BLAS wait for each other in a busy loop: at the sizes of a department they cost four
# times the work itself, and give another last digit with another number of cores. Read when numpy
# is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# On a bare Python only bootstrap.py can be used, and it comes through here too.
if find_spec("celery"):
    from sales_mgmt.celery import app as celery_app

    __all__ = ["celery_app"]
