"""Pipelines, deals and money. Deals that must have a history are made by the actions themselves."""

from datetime import date
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.core.models import StoredFile
from apps.deals.choices import ActivityKind, ExitField, MatchReason, PaymentState, StageKind
from apps.deals.models import (
    Activity,
    BankPayment,
    BankStatement,
    Deal,
    DealFile,
    DebtCall,
    Pipeline,
    Product,
    PromiseToPay,
    Receipt,
    RefusalReason,
    ScheduleLine,
    Stage,
)
from tests.factories.clients import ClientFactory
from tests.factories.staff import UserFactory

OPENED_ON = date(2026, 9, 1)


class PipelineFactory(DjangoModelFactory):
    """A pipeline without stages; `staged_pipeline` gives one to work with."""

    class Meta:
        model = Pipeline

    name = factory.Sequence(lambda n: f"Воронка {n}")


class StageFactory(DjangoModelFactory):
    class Meta:
        model = Stage

    pipeline = factory.SubFactory(PipelineFactory)
    name = factory.Sequence(lambda n: f"Этап {n}")
    kind = StageKind.OPEN
    order = factory.Sequence(lambda n: n + 1)
    probability = Decimal("0.5")


def staged_pipeline(**fields) -> Pipeline:
    """request (client) → quote (amount) → contract (expected close) → won, lost."""
    pipeline = PipelineFactory(**fields)
    rows = [
        ("Запрос", StageKind.LEAD, "0.1", [ExitField.CLIENT]),
        ("КП", StageKind.OPEN, "0.3", [ExitField.AMOUNT]),
        ("Договор", StageKind.OPEN, "0.75", [ExitField.EXPECTED_CLOSE]),
        ("Оплата", StageKind.WON, "1", []),
        ("Отказ", StageKind.LOST, "0", []),
    ]
    for order, (name, kind, probability, asks) in enumerate(rows, 1):
        StageFactory(
            pipeline=pipeline,
            name=name,
            kind=kind,
            order=order,
            probability=Decimal(probability),
            exit_fields=asks,
        )
    return pipeline


class RefusalReasonFactory(DjangoModelFactory):
    class Meta:
        model = RefusalReason

    name = factory.Sequence(lambda n: f"Причина {n}")


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Товар {n}")
    list_price = Decimal("1000.00")


class DealFactory(DjangoModelFactory):
    """An open deal in the first stage of its pipeline, in roubles."""

    class Meta:
        model = Deal

    title = factory.Sequence(lambda n: f"Сделка {n}")
    owner = factory.SubFactory(UserFactory)
    client = factory.SubFactory(ClientFactory, owner=factory.SelfAttribute("..owner"))
    pipeline = factory.LazyFunction(staged_pipeline)
    stage = factory.LazyAttribute(lambda deal: deal.pipeline.stages.order_by("order").first())
    stage_since = factory.LazyFunction(timezone.now)
    amount = Decimal("100000.00")
    amount_base = factory.SelfAttribute("amount")
    opened_on = OPENED_ON


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = Activity

    kind = ActivityKind.CALL
    deal = factory.SubFactory(DealFactory)
    client = factory.SelfAttribute("deal.client")
    user = factory.SelfAttribute("deal.owner")
    happened_at = factory.LazyFunction(timezone.now)
    happened_on = factory.LazyAttribute(lambda row: row.happened_at.date())


class ScheduleLineFactory(DjangoModelFactory):
    class Meta:
        model = ScheduleLine

    deal = factory.SubFactory(DealFactory)
    due_on = date(2026, 12, 4)
    amount = Decimal("50000.00")


class ReceiptFactory(DjangoModelFactory):
    class Meta:
        model = Receipt

    client = factory.SubFactory(ClientFactory)
    received_on = date(2026, 11, 2)
    amount = Decimal("50000.00")
    amount_base = factory.SelfAttribute("amount")
    currency = "RUB"


class BankStatementFactory(DjangoModelFactory):
    class Meta:
        model = BankStatement

    file_name = "kl_to_1c.txt"
    file_hash = factory.Sequence(lambda n: f"{n:064x}")
    author = factory.SubFactory(UserFactory)


class BankPaymentFactory(DjangoModelFactory):
    """A payment of 50,000 whose payer nobody knows."""

    class Meta:
        model = BankPayment

    statement = factory.SubFactory(BankStatementFactory)
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    line = 10
    received_on = date(2026, 11, 2)
    amount = Decimal("50000.00")
    currency = "RUB"
    state = PaymentState.UNKNOWN
    reason = MatchReason.NO_CLIENT


class StoredFileFactory(DjangoModelFactory):
    class Meta:
        model = StoredFile

    purpose = "deal"
    name = "offer.pdf"
    content_type = "application/octet-stream"
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7", name="offer.pdf"))
    size = 8
    sha256 = "0" * 64
    owner = factory.SubFactory(UserFactory)


class DealFileFactory(DjangoModelFactory):
    class Meta:
        model = DealFile

    deal = factory.SubFactory(DealFactory)
    stored = factory.SubFactory(StoredFileFactory, owner=factory.SelfAttribute("..deal.owner"))


class DebtCallFactory(DjangoModelFactory):
    """A call about a deal's debt that ended in a promise."""

    class Meta:
        model = DebtCall

    activity = factory.SubFactory(ActivityFactory)
    client = factory.SelfAttribute("activity.client")
    owner = factory.SelfAttribute("activity.user")
    result = "promised"


class PromiseFactory(DjangoModelFactory):
    """30,000 of a deal promised on 2 November for the 10th."""

    class Meta:
        model = PromiseToPay

    call = factory.SubFactory(DebtCallFactory)
    client = factory.SelfAttribute("call.client")
    deal = factory.SelfAttribute("call.activity.deal")
    owner = factory.SelfAttribute("call.owner")
    author = factory.SelfAttribute("call.owner")
    amount = Decimal("30000.00")
    currency = "RUB"
    made_on = date(2026, 11, 2)
    promised_on = date(2026, 11, 10)
