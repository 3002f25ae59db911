"""Import deals: `manage.py import_deals FILE --as user@example.com`."""

from apps.core.management.commands import import_file


class Command(import_file.Command):
    help = "Import a CSV or XLSX file of deals."
    kind = "deals"
