"""A base to be divided: people who may receive, clients, distributions counted at once."""

from decimal import Decimal

from apps.portfolio.actions.distribution import propose, start_distribution
from apps.staff.models import User
from tests.factories.clients import ClientFactory


def certify(*people):
    User.objects.filter(pk__in=[one.pk for one in people]).update(may_receive_clients=True)
    for one in people:
        one.refresh_from_db()


def base_of(owner, count, **fields):
    """`count` clients of level B."""
    fields = {"level": "B", "potential": Decimal("100000"), "city": "Москва", **fields}
    return ClientFactory.create_batch(count, owner=owner, **fields)


def proposal(by, node, **options):
    """A distribution with its proposal, as the job leaves it."""
    options = {"most_moved": Decimal(1), **options}
    made = propose(start_distribution(by=by, node=node, **options))
    made.refresh_from_db()
    return made
