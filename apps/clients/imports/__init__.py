"""What a file may bring into this room; deals find and create their clients here too."""

from apps.clients.imports.clients import CLIENTS
from apps.clients.imports.duplicates import alike_names
from apps.clients.imports.finding import ClientFinder, ClientWish
from apps.clients.imports.values import email, inn, phone

__all__ = ["CLIENTS", "ClientFinder", "ClientWish", "alike_names", "email", "inn", "phone"]
