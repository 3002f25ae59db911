"""Fills an empty database with an invented sales department."""

import secrets
import time
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.calendars import company_today
from apps.dashboard.sample.department import DEALS, Size, make_department
from apps.dashboard.sample.people import Person
from apps.staff.choices import Role

SHOWN_SELLERS = 3


class Command(BaseCommand):
    help = "Fill an empty database with an invented sales department and print its log-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD, default: today")
        parser.add_argument("--deals", type=int, default=DEALS)
        parser.add_argument("--people", type=int)
        parser.add_argument("--clients", type=int)
        parser.add_argument("--activities-per-deal", type=float)
        parser.add_argument("--password", help="of everybody; invented when not given")

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        password = options["password"] or secrets.token_urlsafe(9)
        size = Size(
            options["deals"], options["people"], options["clients"], options["activities_per_deal"]
        )
        try:
            people = make_department(
                seed=options["seed"],
                today=options["today"] or company_today(),
                size=size,
                password=password,
            )
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        self.stdout.write(f"Sample department made in {time.monotonic() - started:.1f} s.")
        self._print_log_ins(people, password)

    def _print_log_ins(self, people: list[Person], password: str) -> None:
        self.stdout.write(f"\nLog-ins (password of all: {password})")
        sellers = 0
        for person in people:
            sellers += person.role == Role.SELLER
            if person.left_on or sellers > SHOWN_SELLERS:
                continue
            team = person.team.name if person.team else ""
            name = " ".join(person.name.split()[1::-1])
            self.stdout.write(f"  {person.role.label:24} {person.email:32} {name:28} {team}")
        self.stdout.write(f"  … and {sellers - SHOWN_SELLERS} more sellers.")
