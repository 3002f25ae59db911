"""Products and stages from files, in the set-up of a company."""

from decimal import Decimal

from apps.core.importing import undo
from apps.deals.choices import StageKind
from apps.deals.models import Deal, Product, Stage
from tests.fixtures_imports import counts_of

PRICES = b"product,series,sales_price\r\nGTX Pro,GTX,4821\r\nMG Special,MG,55\r\n"


def take_back(run):
    run = undo.begin_undo(run)
    for _progress in undo.undo_run(run):
        pass
    return run


def test_price_list_comes_in_and_is_updated(import_file, admin):
    first = import_file("products.csv", content=PRICES, kind="products", by=admin)
    dearer = PRICES.replace(b"55", b"60")
    second = import_file("products.csv", content=dearer, kind="products", by=admin)

    assert (counts_of(first), counts_of(second)) == ((2, 0, 0, 0), (0, 1, 1, 0))
    assert Product.objects.get(name="MG Special").list_price == Decimal("60.00")

    take_back(second)
    assert Product.objects.get(name="MG Special").list_price == Decimal("55.00")


def test_new_products_go_to_the_bin_by_undo(import_file, admin):
    take_back(import_file("products.csv", content=PRICES, kind="products", by=admin))

    assert not Product.objects.kept().exists()


def test_stages_are_added_once_and_ends_are_known_by_their_words(import_file, admin, sales_stages):
    text = b"deal_stage\r\nWon\r\nEngaging\r\nLost\r\nEngaging\r\nnew\r\n"

    run = import_file("stages.csv", content=text, kind="stages", by=admin)

    assert counts_of(run) == (1, 0, 4, 0)
    engaging = Stage.objects.get(name="Engaging")
    assert (engaging.kind, engaging.pipeline) == (StageKind.OPEN, sales_stages)
    ends = Stage.objects.filter(pipeline=sales_stages, kind__in=[StageKind.WON, StageKind.LOST])
    assert ends.count() == 2

    take_back(run)
    assert not Stage.objects.kept().filter(name="Engaging").exists()


def test_title_is_made_of_product_and_client(import_file, importers):
    Product.objects.create(name="GTX Pro", list_price=Decimal(4821))
    text = (
        b"opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\r\n"
        b"A1,anna@example.com,GTX Pro,Isdom,won,2016-10-25,2017-03-11,4514\r\n"
        b"A2,anna@example.com,GTXPro,,new,,,\r\n"
    )

    run = import_file("export.csv", content=text, policy={"incomplete_open": True})

    assert counts_of(run) == (1, 0, 0, 1)
    deal = Deal.objects.get()
    assert deal.title == "GTX Pro – Isdom"
    line = deal.lines.get()
    assert (line.list_price, line.sold_price) == (Decimal("4821.00"), Decimal("4514.00"))
    moves = deal.moves.order_by("pk").values_list("to_stage__name", "happened_on")
    assert [(name, str(day)) for name, day in moves] == [
        ("new", "2016-10-25"),
        ("won", "2017-03-11"),
    ]
