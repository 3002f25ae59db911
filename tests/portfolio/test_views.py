"""The pages about the base: what each person sees, and that every number opens its rows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.clients.actions import merge_clients, undo_merge
from apps.clients.models import Client
from apps.core.calendars import company_today
from apps.core.models import Job
from apps.portfolio.actions.segments import segment_base
from apps.portfolio.actions.service import count_service
from apps.portfolio.models import SegmentRules, ServiceNorm, ServiceState
from tests.factories.clients import ClientFactory
from tests.factories.deals import ActivityFactory
from tests.factories.portfolio import noon, sell, touch

pytestmark = pytest.mark.django_db

JULY, OCTOBER = date(2026, 7, 31), date(2026, 10, 31)
PAGES = [
    "segments",
    "segment_clients",
    "migration",
    "health",
    "reactivation",
    "service",
    "potential",
]


def url(name, *args):
    return reverse(f"portfolio:{name}", args=args)


def sales(client, amount, last, count=8, gap=30):
    return [(client, last - timedelta(days=gap * back), amount) for back in range(count)]


@pytest.fixture
def base(seller, teammate, other_seller):
    """Four clients of three sellers, and a run in July and in October.

    Альфа and Бета buy on; Вега fell silent in June; Гамма began in September.
    """
    alfa, beta = (ClientFactory(owner=seller, name=name) for name in ("Альфа", "Бета"))
    vega = ClientFactory(owner=teammate, name="Вега")
    gamma = ClientFactory(owner=other_seller, name="Гамма")
    sell(
        [
            *sales(alfa, 1000, OCTOBER, count=20),
            *sales(beta, 50, OCTOBER, count=20),
            *sales(vega, 2000, date(2026, 6, 10), count=8),
            *sales(gamma, 500, OCTOBER, count=2),
        ]
    )
    segment_base(day=JULY)
    return segment_base(day=OCTOBER)


def names(answer):
    return [row.client.name for row in answer.context["page"]]


@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_run_every_page_says_so(client, head, page):
    client.force_login(head)
    answer = client.get(url(page))
    assert answer.status_code == 200
    assert not answer.context.get("run")


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_base_without_the_persons_clients(client, base, other_lead, team_b, page):
    Client.objects.update(owner=None)
    client.force_login(other_lead)
    assert client.get(url(page)).status_code == 200


# --- Invariant 11: own subtree only ---------------------------------------------------------


def test_each_sees_the_segments_of_his_clients(client, base, seller, lead, head, director):
    for person, seen in (
        (seller, ["Альфа", "Бета"]),
        (lead, ["Альфа", "Бета", "Вега"]),
        (head, ["Альфа", "Бета", "Вега", "Гамма"]),
        (director, ["Альфа", "Бета", "Вега", "Гамма"]),
    ):
        client.force_login(person)
        assert sorted(names(client.get(url("segment_clients")))) == seen


def test_no_total_shows_the_work_of_others(client, base, seller, teammate):
    """T09"""
    client.force_login(seller)
    answer = client.get(url("segments"))
    assert answer.context["clients"] == 2
    assert sum(line.clients for line in client.get(url("health")).context["states"]) == 2
    assert client.get(url("migration")).context["matrix"].clients == 2
    assert client.get(url("potential")).context["sums"]["clients"] == 2

    client.force_login(teammate)
    assert client.get(url("migration")).context["matrix"].clients == 1
    assert client.get(url("reactivation")).context["page"].paginator.count == 1


def test_sellers_find_no_quiet_client_of_a_colleague(client, base, seller):
    client.force_login(seller)
    answer = client.get(url("reactivation"))
    assert (names(answer), answer.context["total"]) == ([], 0)


def test_a_foreign_owner_in_the_address_leaves_nothing(client, base, seller, lead, other_seller):
    """T07"""
    client.force_login(lead)
    answer = client.get(url("segment_clients"), {"owner": other_seller.pk})
    assert answer.status_code == 200
    assert names(answer) == []
    client.force_login(seller)
    assert sorted(names(client.get(url("segment_clients"), {"owner": other_seller.pk}))) == [
        "Альфа", "Бета",
    ]  # fmt: skip


def test_the_export_has_exactly_the_rows_of_the_list(client, base, seller):
    client.force_login(seller)
    answer = client.get(url("segment_export", "csv"), {"sort": "name"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == ["Альфа", "Бета"]


# --- Segments -------------------------------------------------------------------------------


def test_figures_of_the_page_and_their_rows(client, base, head):
    client.force_login(head)
    answer = client.get(url("segments"))
    for line in answer.context["abc"]:
        rows = client.get(url("segment_clients"), {"abc": line.filter_value})
        assert rows.context["page"].paginator.count == line.clients, line
    for line in answer.context["rfm"]:
        rows = client.get(url("segment_clients"), {"rfm": line.code})
        assert rows.context["page"].paginator.count == line.clients, line
    assert {line.code: line.clients for line in answer.context["abc"]} == {
        "A": 2, "B": 0, "C": 1, "N": 1, "": 0,
    }  # fmt: skip
    assert answer.context["revenue"] == sum(row.revenue for row in base.rows.all())
    assert answer.context["is_few"]
    assert "вместо пяти ступеней три" in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"lifecycle": "new"}, ["Гамма"]),
        ({"abc": "N"}, ["Гамма"]),
        ({"abc": "C"}, ["Бета"]),
        ({"abc": "A", "sort": "name"}, ["Альфа", "Вега"]),
        ({"xyz": "none"}, ["Гамма"]),
        ({"q": "вег"}, ["Вега"]),
        ({"abc": "Q"}, []),
        ({"sort": "revenue"}, ["Бета", "Гамма", "Альфа", "Вега"]),
    ],
)
def test_filters_and_order_stand_in_the_address(client, base, head, asked, found):
    client.force_login(head)
    answer = client.get(url("segment_clients"), asked)
    shown = names(answer)
    assert (shown if "sort" in asked else sorted(shown)) == found


def test_an_unknown_order_is_refused(client, base, head):
    client.force_login(head)
    assert client.get(url("segment_clients"), {"sort": "owner__password"}).status_code == 400


def test_cells_of_the_matrix_open_their_clients(client, base, head):
    client.force_login(head)
    context = client.get(url("migration")).context
    assert (context["since"].day, context["until"].day) == (JULY, OCTOBER)
    for was, cells, total in context["matrix"].rows:
        assert total == sum(cell.clients for cell in cells)
        for cell in cells:
            rows = client.get(
                url("segment_clients"),
                {
                    "run": context["until"].pk,
                    "since": context["since"].pk,
                    "was": was or "none",
                    "abc": cell.column or "none",
                },
            )
            found = rows.context["page"]
            assert found.paginator.count == cell.clients, cell
            assert sum(row.revenue for row in found) == cell.revenue
    assert context["matrix"].clients == 4


def test_the_matrix_of_chosen_runs(client, base, head):
    client.force_login(head)
    context = client.get(url("migration"), {"since": base.pk, "until": base.pk}).context
    assert context["matrix"].stayed == context["matrix"].clients == 4


def test_only_the_head_starts_a_calculation(client, base, head, lead):
    client.force_login(lead)
    assert client.post(url("segments_start")).status_code == 403
    assert not Job.objects.exists()
    client.force_login(head)
    answer = client.post(url("segments_start"))
    job = Job.objects.get()
    assert answer.url == reverse("core:job", args=[job.pk])
    assert job.payload["day"] == (company_today() - timedelta(days=1)).isoformat()


# --- Rules ----------------------------------------------------------------------------------

RULES = {
    "a_share": "0.7", "b_share": "0.9", "margin": "0.01", "x_limit": "0.4", "y_limit": "0.9",
    "new_days": "60", "few_clients": "200", "version": "0",
}  # fmt: skip


def test_the_head_changes_the_thresholds(client, head):
    client.force_login(head)
    assert client.get(url("rules")).status_code == 200
    assert client.post(url("rules"), RULES).status_code == 302
    rules = SegmentRules.current()
    assert (rules.a_share, rules.new_days) == (Decimal("0.7"), 60)
    assert client.post(url("rules"), RULES | {"version": "1", "new_days": "30"}).status_code == 302
    assert SegmentRules.current().new_days == 30


@pytest.mark.parametrize(
    "wrong", [{"a_share": "0.95"}, {"b_share": "1"}, {"margin": "0.5"}, {"y_limit": "0.1"}]
)
def test_thresholds_that_cannot_be_are_refused(client, head, wrong):
    client.force_login(head)
    assert client.post(url("rules"), RULES | wrong).status_code == 422
    assert not SegmentRules.objects.exists()


def test_a_stale_form_of_the_thresholds_meets_a_conflict(client, head):
    client.force_login(head)
    client.post(url("rules"), RULES)
    assert client.post(url("rules"), RULES | {"a_share": "0.6"}).status_code == 409
    client.post(url("rules"), RULES | {"version": "1", "new_days": "30"})
    assert client.post(url("rules"), RULES | {"version": "1", "new_days": "31"}).status_code == 409
    assert SegmentRules.current().new_days == 30


# --- Norms ----------------------------------------------------------------------------------


@pytest.fixture
def served(base, seller, teammate):
    """Альфа was called twice in October, Вега once; the norm of A is two in thirty days."""
    alfa, vega = Client.objects.get(name="Альфа"), Client.objects.get(name="Вега")
    for day in (date(2026, 10, 2), date(2026, 10, 31)):
        touch(alfa, day)
    touch(vega, date(2026, 10, 1))  # the 31st day back
    touch(vega, date(2026, 10, 2))
    touch(vega, date(2026, 10, 20), kind="note")
    count_service(OCTOBER)
    return base


def test_norms_are_held_against_the_last_days(served):
    found = {
        row.client.name: (row.touches, row.touches_30, row.norm, row.last_on)
        for row in ServiceState.objects.select_related("client")
    }
    assert found == {
        "Альфа": (2, 2, 2, date(2026, 10, 31)),
        "Вега": (1, 1, 2, date(2026, 10, 2)),
        "Бета": (0, 0, 1, None),
        "Гамма": (0, 0, 2, None),
    }


def test_a_touch_counts_for_the_client_of_its_deal_until_it_is_struck_out(served, seller):
    beta = Client.objects.get(name="Бета")
    day = {"happened_at": noon(date(2026, 10, 30)), "deal": beta.deals.first(), "client": None}
    kept, wrong = (ActivityFactory(user=seller, **day) for _ in range(2))
    for when in (date(2024, 2, 1), date(2026, 11, 1)):
        touch(Client.objects.get(name="Гамма"), when)
    count_service(OCTOBER)
    both = ServiceState.objects.get(client=beta)
    ActivityFactory(user=seller, reversal_of=wrong, **day)
    count_service(OCTOBER)

    assert (both.touches, both.touches_30) == (2, 2)
    states = ServiceState.objects.in_bulk(field_name="client_id")
    assert (states[beta.pk].touches, states[beta.pk].last_on) == (1, kept.happened_on)
    [gamma] = [row for row in states.values() if row.client.name == "Гамма"]
    assert (gamma.touches, gamma.last_on) == (0, date(2024, 2, 1))


def test_counting_again_replaces_the_counts(served):
    assert count_service(OCTOBER) == count_service(OCTOBER) == 4
    assert ServiceState.objects.count() == 4


def test_broken_norms_are_listed_and_counted(client, served, head, seller, lead):
    client.force_login(head)
    answer = client.get(url("service"))
    assert names(answer) == ["Вега", "Бета", "Гамма"]
    assert (answer.context["broken"], answer.context["served"]) == (3, 4)
    assert names(client.get(url("service"), {"abc": "A"})) == ["Вега"]
    client.force_login(lead)
    assert names(client.get(url("service"))) == ["Вега", "Бета"]
    client.force_login(seller)
    answer = client.get(url("service"))
    assert names(answer) == ["Бета"]
    assert answer.context["served"] == 2


def test_who_was_called_since_the_night_is_not_blamed(client, served, teammate):
    touch(Client.objects.get(name="Вега"), date(2026, 11, 1))
    client.force_login(teammate)
    row = client.get(url("service")).context["page"][0]
    assert (row.touches, row.new_touches, row.is_mended) == (1, 1, True)


def test_a_changed_norm_counts_at_once(client, served, head, lead):
    client.force_login(lead)
    data = {"touches": "1", "days": "30", "version": "0"}
    assert client.post(url("norm", "A"), data).status_code == 403
    client.force_login(head)
    assert client.get(url("norm", "A")).status_code == 200
    assert client.post(url("norm", "A"), data).status_code == 302
    assert names(client.get(url("service"))) == ["Бета", "Гамма"]
    assert client.post(url("norm", "A"), data | {"touches": "5"}).status_code == 409
    assert ServiceNorm.objects.get().touches == 1


def test_a_norm_of_zero_asks_nothing(client, served, head):
    client.force_login(head)
    client.post(url("norm", "C"), {"touches": "0", "days": "90", "version": "0"})
    assert "Бета" not in names(client.get(url("service")))


def test_a_class_without_a_norm_has_no_page(client, head):
    client.force_login(head)
    assert client.get(url("norm", "Q")).status_code == 404


# --- Health and reactivation ----------------------------------------------------------------


def test_health_adds_up_and_compares(client, base, head):
    client.force_login(head)
    context = client.get(url("health")).context
    counts = {line.code: (line.clients, line.change) for line in context["states"]}
    assert counts["active"] == (2, 0)
    assert counts["new"] == (1, 1)
    # Gaps of 30 days: after 51 days cooling in July, after 143 sleeping in October.
    assert counts["cooling"] == (0, -1)
    assert counts["sleeping"] == (1, 1)
    assert (context["active"], context["change"], context["ever"]) == (3, 1, 4)
    for line in context["states"]:
        rows = client.get(url("segment_clients"), {"lifecycle": line.code})
        assert rows.context["page"].paginator.count == line.clients


def test_rates_of_few_clients_are_hidden(client, base, head):
    client.force_login(head)
    answer = client.get(url("health"))
    assert answer.context["repeats"].buyers == 4
    assert answer.content.decode().count('class="tag">') >= 3


def test_the_quiet_list_expects_his_last_year_by_the_chance(client, base, head):
    client.force_login(head)
    answer = client.get(url("reactivation"))
    (row,) = answer.context["page"]
    # s of the base and ½^(143 ÷ 30), by Bayes, times eight orders of 2,000.
    share, quiet = float(base.repeat_share), 0.5 ** (143 / 30)
    chance = share * quiet / (share * quiet + 1 - share)
    assert (row.client.name, row.silence, row.rhythm) == ("Вега", 143, 30)
    assert float(row.chance) == pytest.approx(chance, abs=1e-4)
    assert row.expected == row.last_year * row.chance
    assert row.last_year == 16_000
    assert answer.context["total"] == row.expected


# --- Potential ------------------------------------------------------------------------------


def test_the_owner_writes_the_potential(client, base, seller):
    alfa = Client.objects.get(name="Альфа")
    client.force_login(seller)
    answer = client.post(
        url("potential_set", alfa.pk),
        {"potential": "26000", "version": alfa.version},
        headers={"HX-Request": "true"},
    )
    row = answer.context["row"]
    assert row.wallet.share == row.revenue / 26_000
    alfa.refresh_from_db()
    assert (alfa.potential, alfa.version) == (26_000, 2)


@pytest.mark.parametrize("wrong", [{"potential": "-5"}, {"potential": "много"}, {"version": "7"}])
def test_a_wrong_or_stale_potential_changes_nothing(client, base, seller, wrong):
    alfa = Client.objects.get(name="Альфа")
    client.force_login(seller)
    client.post(url("potential_set", alfa.pk), {"potential": "100", "version": "1"} | wrong)
    alfa.refresh_from_db()
    assert (alfa.potential, alfa.version) == (None, 1)


def test_a_foreign_potential_cannot_be_written(client, base, seller):
    gamma = Client.objects.get(name="Гамма")
    client.force_login(seller)
    data = {"potential": "100", "version": "1"}
    assert client.post(url("potential_set", gamma.pk), data).status_code == 404
    gamma.refresh_from_db()
    assert gamma.potential is None


def similar(owners, potentials):
    for owner, potential in zip(owners, potentials, strict=True):
        ClientFactory(owner=owner, industry="Строительство", employees=50, potential=potential)


def test_an_estimate_needs_five_clients_of_three_people(
    client, base, seller, teammate, other_seller, head
):
    """T09"""
    alfa = Client.objects.filter(name="Альфа")
    alfa.update(industry="строительство", employees=90)
    owners = [seller, seller, teammate, teammate]
    similar(owners, [10, 20, 30, 40])
    client.force_login(seller)

    def estimate():
        rows = client.get(url("potential")).context["page"]
        return next(row.wallet for row in rows if row.client.name == "Альфа")

    assert estimate().potential is None
    similar([seller], [50])
    assert estimate().potential is None  # five clients, but of two people
    similar([other_seller], [60])
    assert (estimate().potential, estimate().is_estimate, estimate().clients) == (35, True, 6)


def test_sums_count_known_potentials_only(client, base, head):
    Client.objects.filter(name="Альфа").update(potential=Decimal(26_000))
    client.force_login(head)
    sums = client.get(url("potential")).context["sums"]
    revenue = base.rows.get(client__name="Альфа").revenue
    assert (sums["known"], sums["share"], sums["left"]) == (1, revenue / 26_000, 26_000 - revenue)


# --- The client's page and the frame --------------------------------------------------------


def test_the_panel_on_the_page_of_a_client(client, served, seller):
    alfa = Client.objects.get(name="Альфа")
    client.force_login(seller)
    page = client.get(reverse("clients:client", args=[alfa.pk])).content.decode()
    assert url("client_segment", alfa.pk) in page
    context = client.get(url("client_segment", alfa.pk)).context
    assert (context["row"].abc, len(context["past"])) == ("A", 1)
    assert context["service"].touches == 2
    gamma = Client.objects.get(name="Гамма")
    assert client.get(url("client_segment", gamma.pk)).status_code == 404


def test_the_list_of_clients_leads_to_the_base(client, seller):
    client.force_login(seller)
    text = client.get(reverse("clients:client_list")).content.decode()
    for page in ("segments", "health", "service", "reactivation", "potential"):
        assert f'href="{url(page)}"' in text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("count", [1, 30])
def test_statements_do_not_grow_with_the_rows(
    client, head, seller, page, count, django_assert_max_num_queries
):
    clients = ClientFactory.create_batch(count, owner=seller)
    sell([sale for one in clients for sale in sales(one, 100, date(2026, 6, 1), count=4)])
    segment_base(day=JULY)
    segment_base(day=OCTOBER)
    count_service(OCTOBER)
    client.force_login(head)
    with django_assert_max_num_queries(15):
        assert client.get(url(page)).status_code == 200


def test_merged_clients_keep_one_segment_and_come_back(served, seller, lead):
    alfa, beta = Client.objects.get(name="Альфа"), Client.objects.get(name="Бета")
    count = served.rows.count()

    merge = merge_clients(alfa, beta, by=lead)

    assert served.rows.filter(client=alfa).count() == 1
    assert ServiceState.objects.filter(client=alfa).count() == 1
    undo_merge(merge, by=lead)
    assert served.rows.filter(client=beta).count() == 1
    assert (served.rows.count(), ServiceState.objects.count()) == (count, 4)
