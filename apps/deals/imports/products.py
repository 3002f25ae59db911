"""Import of the price list."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.access import grant
from apps.core.choices import RowStatus
from apps.core.importing import cells, changes
from apps.core.importing.references import fold
from apps.core.importing.runs import ONLY_EMPTY
from apps.core.importing.specs import AMOUNT, CleanRow, Column, Spec, Written, register
from apps.core.models import ImportRow, ImportRun
from apps.deals.models import DealLine, Product
from apps.staff.choices import Role

grant("deals.import_products", to=[Role.ADMIN])

COLUMNS = (
    Column(
        "name",
        _("Product"),
        cells.text(),
        ("product", "товар", "продукт", "название", "наименование", "услуга", "номенклатура"),
        required=True,
        filled=True,
    ),
    Column("code", _("Code"), cells.text(limit=50), ("артикул", "код", "sku")),
    Column("series", _("Series"), cells.text(limit=100), ("серия", "группа", "категория")),
    Column(
        "list_price",
        _("List price"),
        cells.amount,
        ("цена", "sales price", "price", "прайс", "цена продажи"),
        style=AMOUNT,
        required=True,
    ),
)


class ProductWriter:
    """Known products are found by name."""

    def __init__(self, run: ImportRun):
        self._only_empty = run.policy.get("existing") == ONLY_EMPTY

    def check(self, rows: Sequence[CleanRow]) -> list[Written]:
        known = _known(lock=False)
        return [Written(row.line, self._status(row, known.get(fold(row.key)))) for row in rows]

    def write(self, rows: Sequence[CleanRow]) -> list[Written]:
        known = _known(lock=True)
        return [self._write(row, known.get(fold(row.key))) for row in rows]

    def _status(self, row: CleanRow, known: Product | None) -> RowStatus:
        if known is None:
            return RowStatus.CREATED
        changed = changes.wanted(known, row.values, only_empty=self._only_empty)
        return RowStatus.UPDATED if changed else RowStatus.UNCHANGED

    def _write(self, row: CleanRow, known: Product | None) -> Written:
        status = self._status(row, known)
        if known is None:
            product = Product.objects.create(**row.values)
            return Written(row.line, status, product.pk, {"version": product.version})
        if status == RowStatus.UNCHANGED:
            return Written(row.line, status, known.pk)
        changed = changes.wanted(known, row.values, only_empty=self._only_empty)
        before = changes.apply(known, changed)
        known.save(update_fields=[*changed, "version"])
        return Written(row.line, status, known.pk, before)


def _known(*, lock: bool) -> dict[str, Product]:
    products = Product.objects.kept().order_by("pk")
    return {fold(each.name): each for each in (products.select_for_update() if lock else products)}


class ProductSpec(Spec):
    def writer(self, run: ImportRun) -> ProductWriter:
        return ProductWriter(run)

    def key_of(self, values: dict[str, Any]) -> str:
        return str(values["name"])

    def undo(self, run: ImportRun, rows: Sequence[ImportRow]) -> list[int]:
        """New products go to the bin unless a deal has them; changed ones get their values back."""
        return [row.line for row in rows if not _take_back(row)]


def _take_back(row: ImportRow) -> bool:
    product = Product.objects.select_for_update().get(pk=row.object_id or 0)
    if row.before is None or product.version != row.before["version"]:
        return False
    if row.status == RowStatus.UPDATED:
        product.save(update_fields=changes.restore(product, row.before))
        return True
    if DealLine.objects.filter(product=product, deal__archived_at=None).exists():
        return False
    product.archived_at, product.version = timezone.now(), product.version + 1
    product.save(update_fields=["archived_at", "version"])
    return True


PRODUCTS = register(
    ProductSpec(
        kind="products",
        label=_("Products"),
        permission="deals.import_products",
        columns=COLUMNS,
        order=2,
    )
)
