"""The metrics of this room: prices and costs of won deals, leads, talks, promises, trust."""

from apps.deals.metrics import catalogue, leads, money, quality


def register() -> None:
    money.register()
    leads.register()
    quality.register()
    catalogue.register()
