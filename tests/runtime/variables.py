"""Names of environment variables, as the code and the documents have them."""

import re

from sales_mgmt.runtime.state import BASE_DIR

READERS = (
    "sales_mgmt/settings.py",
    "sales_mgmt/runtime/gunicorn_conf.py",
    "sales_mgmt/runtime/browser.py",
)
# What the system or another program gives, not the one who installs the product.
FOREIGN = {"HOME", "TMPDIR", "LC_ALL"}
CALL = re.compile(r"""(?:\benv(?:\.\w+)?\(|environ\.get\(|environ\[)\s*["'](\w+)["']""")


def read_by_code():
    sources = ((BASE_DIR / name).read_text() for name in READERS)
    return {name for source in sources for name in CALL.findall(source)} - FOREIGN


def documented():
    rows = (BASE_DIR / "docs" / "settings.md").read_text().splitlines()
    cells = (row.split("|")[1] for row in rows if row.startswith("| `"))
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
