"""The columns of a file of deals, by the headings that people and other systems give them."""

from django.utils.translation import gettext_lazy as _

from apps.clients.imports import inn
from apps.core.importing import cells
from apps.core.importing.messages import explain
from apps.core.importing.specs import AMOUNT, DATE, Column

explain(
    unknown_stage=(
        _("There is no such stage. Known ones like it: %(alike)s."),
        _("Correct the name, or say at the check which stage is meant."),
    ),
    unknown_currency=(
        _("There is no such currency. Known ones like it: %(alike)s."),
        _("Write the code: RUB, USD, EUR."),
    ),
    unknown_product=(
        _("There is no such product. Known ones like it: %(alike)s."),
        _("Add the product, or say at the check which one is meant."),
    ),
    unknown_pipeline=(
        _("There is no such pipeline. Known ones like it: %(alike)s."),
        _("Correct the name, or say at the check which pipeline is meant."),
    ),
    unknown_status=(
        _("There is no such status. Known ones like it: %(alike)s."),
        _("Write open, won or lost."),
    ),
    amount_currency=(
        _("The amount is in %(written)s, the row in %(stated)s."),
        _("Write one currency in both cells."),
    ),
    closed_in_future=(
        _("A closed deal needs a close date not after today."),
        _("Correct the date or the stage."),
    ),
    closed_without_date=(
        _("A closed deal needs a close date not after today."),
        _("Fill in the date."),
    ),
    closed_before_opened=(
        _("The deal closes before it was opened (%(opened)s)."),
        _("Correct one of the dates."),
    ),
    opened_in_future=(_("The deal is opened in the future."), _("Correct the date.")),
    no_rate=(
        _("There is no rate of %(currency)s for %(day)s."),
        _("Ask the administrator to add it."),
    ),
    refused=("%(why)s", ""),
    expected_past=(_("The expected close lies in the past."), _("Plan the deal anew.")),
    expected_far=(_("The expected close lies more than five years ahead."), _("Check the date.")),
)

OPEN_WORDS = ("не закрыта", "not closed", "-", "–")

COLUMNS = (
    Column(
        "external_id",
        _("External code"),
        cells.text(limit=100),
        ("внешний код", "id", "id сделки", "opportunity id", "deal id", "номер сделки"),
    ),
    Column(
        "title",
        _("Title"),
        cells.text(one_line=False),
        ("название", "название сделки", "сделка", "deal name", "deal title", "opportunity name"),
        required=True,
    ),
    Column(
        "client",
        _("Client"),
        cells.text(),
        (
            "клиент", "компания", "организация", "заказчик", "контрагент", "account", "company",
            "organization", "customer", "компания: название компании", "название компании",
        ),
        required=True,
    ),
    Column("inn", _("INN"), inn, ("инн", "инн клиента", "tax id")),
    Column(
        "amount",
        _("Amount"),
        cells.amount_or_blank,
        ("сумма", "бюджет", "сумма сделки", "value", "deal value", "close value", "budget"),
        style=AMOUNT,
        required=True,
    ),
    Column("currency", _("Currency"), cells.text(limit=10), ("валюта", "currency of value")),
    Column(
        "stage",
        _("Stage"),
        cells.text(limit=100),
        ("этап", "стадия", "стадия сделки", "этап сделки", "deal stage", "stage (pipeline)"),
        required=True,
        filled=True,
    ),
    Column("status", _("Status"), cells.text(limit=20), ("статус", "deal status")),
    Column("pipeline", _("Pipeline"), cells.text(limit=100), ("воронка", "направление")),
    Column(
        "close_date",
        _("Close date"),
        cells.day(*OPEN_WORDS),
        ("дата закрытия", "closed on", "дата завершения", "closed date"),
        style=DATE,
    ),
    Column(
        "expected_close_on",
        _("Expected close"),
        cells.day(*OPEN_WORDS),
        ("предполагаемая дата закрытия", "expected close date", "ожидаемая дата закрытия"),
        style=DATE,
    ),
    Column(
        "opened_on",
        _("Opened on"),
        cells.day(),
        (
            "дата создания", "дата создания сделки", "engage date", "deal created", "creation date",
            "created", "дата открытия",
        ),
        style=DATE,
    ),
    Column(
        "manager",
        _("Manager"),
        cells.text(),
        (
            "менеджер", "ответственный", "manager email", "owner", "sales agent", "deal owner",
            "сотрудник", "responsible",
        ),
        required=True,
    ),
    Column("product", _("Product"), cells.text(), ("товар", "продукт", "услуга")),
    Column("source", _("Source"), cells.text(limit=100), ("источник",)),
    Column(
        "refusal_reason",
        _("Refusal reason"),
        cells.text(limit=100),
        ("причина отказа", "lost reason"),
    ),
    Column(
        "note",
        _("Note"),
        cells.text(limit=5000, one_line=False),
        ("примечание", "комментарий", "comment", "label"),
    ),
)  # fmt: skip
