"""`manage.py create_first_admin --email … --password …`: the account that sets the rest up."""

import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from apps.staff.actions import create_first_admin


class Command(BaseCommand):
    help = "Create the first administrator; refused when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--password", help="Read from the environment variable ADMIN_PASSWORD when not given."
        )
        parser.add_argument("--last-name", default="")
        parser.add_argument("--first-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"] or os.environ.get("ADMIN_PASSWORD", "")
        try:
            validate_email(options["email"])
            validate_password(password)
            admin = create_first_admin(
                email=options["email"],
                password=password,
                last_name=options["last_name"],
                first_name=options["first_name"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{admin.email} may log in.")
