"""What a file may bring into this room: people with their teams. Other rooms find people here."""

from apps.staff.imports.finding import PeopleNames
from apps.staff.imports.people import PEOPLE

__all__ = ["PEOPLE", "PeopleNames"]
