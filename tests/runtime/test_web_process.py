"""What a process that serves pages carries: nothing that only counting needs."""

import subprocess
import sys

from sales_mgmt.runtime.state import BASE_DIR

ONLY_FOR_COUNTING = ("pandas", "scipy")
LOADED = """
import sys
import sales_mgmt.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print(*(name for name in {names!r} if name in sys.modules))
"""


def test_a_web_process_loads_no_library_of_the_night():
    """Each of the two is forty megabytes and more of every web worker."""
    program = LOADED.format(names=ONLY_FOR_COUNTING)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
