#!/usr/bin/env python3
"""The product's one command; see README.md."""

import os
import sys

from sales_mgmt import bootstrap


def main() -> None:
    bootstrap.enter(sys.argv)
    # Django and the runtime can be imported only from here on.
    from django.core.management import execute_from_command_line

    from sales_mgmt.runtime.environment import prepare

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sales_mgmt.settings")
    prepare(sys.argv)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
