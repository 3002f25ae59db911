"""Deals, activities, money, and the settings of pipelines, products and reasons."""

from apps.deals.models import Deal, VerificationCall
from tests.factories.big_deals import (
    ConcessionFactory,
    DealRiskFactory,
    HelpRequestFactory,
    PlanStepFactory,
    StakeholderFactory,
)
from tests.factories.clients import ClientFactory
from tests.factories.deals import (
    ActivityFactory,
    BankPaymentFactory,
    DealFactory,
    DealFileFactory,
    ReceiptFactory,
    ScheduleLineFactory,
    StageFactory,
    staged_pipeline,
)
from tests.factories.losses import (
    CompetitorFactory,
    TrustMarkFactory,
    TrustSignalFactory,
    VerificationCallFactory,
)
from tests.factories.staff import UserFactory
from tests.rights import only, page, rows, scoped

NOT_SELLING = "director hr admin"
LEADERS = "seller director hr admin"
NOT_ASKING = "head director hr admin"
NOT_HEADS = "seller lead director hr admin"
READERS = "seller lead head director admin"


def deal(owner):
    return {"pk": DealFactory(owner=owner).pk}


def archived_deal(owner):
    made = DealFactory(owner=owner)
    type(made).objects.filter(pk=made.pk).update(archived_at="2026-11-01T00:00:00Z")
    return {"pk": made.pk}


def move(owner):
    made = DealFactory(owner=owner)
    return {"pk": made.pk, "stage_id": made.pipeline.stages.order_by("order")[1].pk}


def activity(owner):
    return {"pk": ActivityFactory(deal=DealFactory(owner=owner)).pk}


def file(owner):
    return {"pk": DealFileFactory(deal=DealFactory(owner=owner)).pk}


def receipt(owner):
    return {"pk": ReceiptFactory(client=ClientFactory(owner=owner)).pk}


def client(owner):
    return {"pk": ClientFactory(owner=owner).pk}


def bank_payment(owner, **fields):
    """A statement of the head's scope that `owner` uploaded."""
    return {"pk": BankPaymentFactory(statement__author=owner, **fields).pk}


def bank_statement(owner):
    return {"pk": BankPaymentFactory(statement__author=owner).statement_id}


def linked_payment(owner):
    payment = BankPaymentFactory(statement__author=owner, client=ClientFactory(owner=owner))
    receipt = ReceiptFactory(client=payment.client, amount=payment.amount)
    return {"pk": payment.pk, "receipt": receipt.pk}


def pipeline(owner):
    return {"pk": staged_pipeline().pk}


def stage(owner):
    return {"pk": staged_pipeline().stages.order_by("order")[2].pk, "direction": "up"}


def setting(owner):
    return {"kind": "stage", "pk": StageFactory().pk}


def of_admin(ok):
    """Settings have no owner: the administrator's, whoever asks about whatever."""
    closed = dict.fromkeys(("seller", "lead", "head", "director", "hr"), "403 403 403 403")
    return closed | {"admin": f"{ok} {ok} {ok} {ok}"}


def cell(owner):
    return {"pk": DealFactory(owner=owner).pk, "field": "amount"}


def debtor(owner):
    """The client of a won deal with a debt."""
    pipeline = staged_pipeline()
    won = pipeline.stages.get(kind="won")
    made = DealFactory(
        owner=owner, pipeline=pipeline, stage=won, outcome="won", closed_on="2026-10-01"
    )
    ScheduleLineFactory(deal=made, due_on="2026-10-20")
    return {"pk": made.client_id}


def owing_deal(owner):
    return {"pk": Deal.objects.get(client=debtor(owner)["pk"]).pk}


def export(owner):
    return {"kind": "csv"}


def of_exporters():
    """The file has no owner: its rows are those of the viewer's scope."""
    open_to = dict.fromkeys("seller lead head director".split(), "200 200 200 200")
    return open_to | dict.fromkeys(("hr", "admin"), "403 403 403 403")


def column(owner):
    return {"stage_id": staged_pipeline().stages.order_by("order")[0].pk}


def of_readers(ok):
    """A column has no owner: its cards are those of the viewer's scope."""
    return dict.fromkeys(READERS.split(), f"{ok} {ok} {ok} {ok}") | {"hr": "403 403 403 403"}


def of_sellers(ok):
    closed = dict.fromkeys(NOT_SELLING.split(), "403 403 403 403")
    return closed | dict.fromkeys("seller lead head".split(), f"{ok} {ok} {ok} {ok}")


def verification(owner):
    """About a deal that `owner` lost; whoever he is, a seller's lead would call."""
    call = VerificationCallFactory(owner=UserFactory())
    Deal.objects.filter(pk=call.deal_id).update(owner=owner)
    VerificationCall.objects.filter(pk=call.pk).update(owner=owner)
    return {"pk": call.pk}


def act(owner):
    made = DealFactory(owner=owner)
    return {"pk": made.pk, "signal_id": TrustSignalFactory(stage=made.stage).pk}


def mark(owner):
    return {"pk": TrustMarkFactory(deal=DealFactory(owner=owner)).pk}


def competitor(owner):
    return {"kind": "competitor", "pk": CompetitorFactory().pk}


def of_heads(ok):
    """Settings of losses have no owner: the head's and the administrator's."""
    closed = dict.fromkeys(("seller", "lead", "director", "hr"), "403 403 403 403")
    return closed | dict.fromkeys(("head", "admin"), f"{ok} {ok} {ok} {ok}")


LOSS_RIGHTS = {
    "deals:losses": page(**only("lead head director")),
    "deals:losses_export": page(**only("lead head director")),
    "deals:verification_list": page(**only("lead head director")),
    "deals:verification_norm": page(**only("head admin"), methods="GET POST", posted=422),
    # Nobody calls about a loss of his own: he is led back to the list.
    "deals:verification_call": rows(
        verification,
        methods="GET POST",
        posted=422,
        **scoped(closed="seller director hr admin", lead="302 200 404 404", head="302 200 200 404"),
    ),
    "deals:verification_undo": rows(
        verification, methods="POST", **scoped(302, closed="seller director hr admin")
    ),
    "deals:deal_trust": rows(deal, **scoped()),
    "deals:trust_mark": rows(act, methods="GET POST", posted=422, **scoped(closed=NOT_SELLING)),
    "deals:trust_mark_undo": rows(mark, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "deals:trust_mark_redo": rows(mark, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "deals:trust_truth": page(**only("lead head director")),
    "deals:competitor_list": page(**only("head admin")),
    "deals:trust_act_list": page(**only("head admin")),
    "deals:trust_acts_usual": page(**only("head admin", 302), methods="POST"),
    "deals:loss_setting_create": rows(
        lambda owner: {"kind": "competitor"}, methods="GET POST", posted=422, **of_heads(200)
    ),
    "deals:loss_setting_edit": rows(competitor, methods="GET POST", posted=422, **of_heads(200)),
    "deals:loss_setting_archive": rows(competitor, methods="POST", **of_heads(302)),
    "deals:loss_setting_restore": rows(competitor, methods="POST", **of_heads(302)),
}


def call(owner):
    return {"pk": HelpRequestFactory(deal=DealFactory(owner=owner)).pk}


def own_call(owner):
    """The answer to a call is never the caller's own."""
    made = HelpRequestFactory(deal=DealFactory(owner=owner), author=UserFactory())
    return {"pk": made.pk, "kind": "joined"}


def risk(owner):
    return {"pk": DealRiskFactory(deal=DealFactory(owner=owner)).pk, "end": "gone"}


def plan_step(owner):
    return {"pk": PlanStepFactory(deal=DealFactory(owner=owner)).pk, "state": "done"}


def stakeholder(owner):
    row = StakeholderFactory(deal=DealFactory(owner=owner))
    return {"kind": "stakeholder", "pk": row.pk}


def concession(owner):
    return {"pk": ConcessionFactory(deal=DealFactory(owner=owner)).pk}


def new_step(owner):
    return {"pk": DealFactory(owner=owner).pk, "kind": "step"}


BIG_RIGHTS = {
    "deals:big_deal_list": page(**only(READERS)),
    "deals:big_top": page(**only(READERS, 302)),
    "deals:big_effect": page(**only("lead head director admin")),
    "deals:big_norm": page(**only("head admin"), methods="GET POST"),
    "deals:help_list": page(**only(READERS)),
    "deals:deal_help": rows(deal, **scoped()),
    "deals:help_ask": rows(deal, methods="GET POST", **scoped(closed=NOT_ASKING)),
    "deals:help_respond": rows(own_call, methods="GET POST", **scoped(closed=LEADERS)),
    # Whose call it is not, is told so after 404 has hidden what he may not see.
    "deals:help_withdraw": rows(
        call,
        methods="POST",
        **scoped(302, closed=NOT_ASKING, lead="302 403 404 404"),
    ),
    "deals:deal_people": rows(deal, **scoped()),
    "deals:deal_mark": rows(deal, methods="GET POST", **scoped(closed=LEADERS)),
    "deals:war_room": rows(deal, **scoped()),
    "deals:war_row_create": rows(new_step, methods="GET POST", **scoped(closed=NOT_SELLING)),
    "deals:war_row_edit": rows(
        stakeholder, methods="GET POST", posted=422, **scoped(closed=NOT_SELLING)
    ),
    "deals:war_row_remove": rows(stakeholder, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "deals:war_row_restore": rows(stakeholder, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "deals:risk_end": rows(risk, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "deals:step_tick": rows(plan_step, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "deals:concession_reverse": rows(concession, methods="POST", **scoped(302, closed=NOT_SELLING)),
}

RIGHTS = (
    LOSS_RIGHTS
    | BIG_RIGHTS
    | {
        "deals:lead_list": page(**only(READERS)),
        "deals:answer_norm": page(**only("head admin"), methods="GET POST"),
        "deals:deal_list": page(**only(READERS)),
        "deals:deal_export": page(**only("seller lead head director")),
        "deals:deal_board": page(**only(READERS)),
        "deals:deal_column": rows(column, **of_readers(200)),
        # Without rows chosen nothing happens, and the list says so.
        "deals:deal_bulk": rows(lambda owner: {"code": "edit"}, methods="POST", **of_sellers(302)),
        "deals:deal_stages": rows(deal, **scoped(closed=NOT_SELLING)),
        "deals:deal_drop": rows(move, methods="GET POST", posted=302, **scoped(closed=NOT_SELLING)),
        "deals:deal_cell": rows(cell, methods="GET POST", posted=422, **scoped(closed=NOT_SELLING)),
        "deals:source_choices": page(**only(READERS)),
        "deals:tag_choices": page(**only(READERS)),
        "deals:deal_create": page(**only("seller lead head"), methods="GET POST"),
        "deals:quick_log": page(**only("seller lead head"), methods="GET POST"),
        "deals:deal": rows(deal, **scoped()),
        "deals:deal_edit": rows(deal, methods="GET POST", posted=422, **scoped(closed=NOT_SELLING)),
        "deals:deal_assign": rows(deal, methods="GET POST", **scoped(closed=LEADERS)),
        "deals:deal_archive": rows(deal, methods="POST", **scoped(302, closed=NOT_SELLING)),
        "deals:deal_restore": rows(
            archived_deal, methods="POST", **scoped(302, closed=NOT_SELLING)
        ),
        "deals:deal_timeline": rows(deal, **scoped(302)),
        "deals:deal_move": rows(move, methods="GET POST", posted=302, **scoped(closed=NOT_SELLING)),
        "deals:deal_log": rows(deal, methods="POST", **scoped(422, closed=NOT_SELLING)),
        "deals:deal_step": rows(deal, methods="GET POST", **scoped(closed=NOT_SELLING)),
        "deals:deal_lines": rows(deal, methods="GET POST", **scoped(closed=NOT_SELLING)),
        "deals:deal_splits": rows(deal, methods="GET POST", **scoped(closed=NOT_SELLING)),
        "deals:deal_schedule": rows(deal, methods="GET POST", **scoped(closed=NOT_SELLING)),
        "deals:deal_terms": rows(deal, methods="GET POST", **scoped(closed=NOT_SELLING)),
        "deals:deal_files": rows(deal, **scoped()),
        "deals:deal_file_add": rows(deal, methods="POST", **scoped(422, closed=NOT_SELLING)),
        "deals:deal_file": rows(file, **scoped()),
        "deals:deal_file_remove": rows(file, methods="POST", **scoped(302, closed=NOT_SELLING)),
        "deals:deal_file_restore": rows(file, methods="POST", **scoped(302, closed=NOT_SELLING)),
        "deals:activity_reverse": rows(activity, methods="POST", **scoped(302, closed=NOT_SELLING)),
        "deals:receipt_create": page(**only("seller lead head"), methods="GET POST"),
        "deals:receipt": rows(receipt, **scoped()),
        "deals:receipt_allocate": rows(receipt, methods="POST", **scoped(302, closed=NOT_SELLING)),
        "deals:receipt_reverse": rows(receipt, methods="GET POST", **scoped(closed=LEADERS)),
        "deals:letters": page(**only("seller lead head"), methods="GET POST", posted=422),
        "deals:bank_statement_list": page(**only("head")),
        "deals:bank_statement_upload": page(**only("head", 422), methods="POST"),
        "deals:bank_statement": rows(bank_statement, **scoped(closed=NOT_HEADS)),
        "deals:bank_statement_book": rows(
            bank_statement, methods="POST", **scoped(302, closed=NOT_HEADS)
        ),
        "deals:bank_statement_match": rows(
            bank_statement, methods="POST", **scoped(302, closed=NOT_HEADS)
        ),
        "deals:bank_payment": rows(bank_payment, methods="GET POST", **scoped(closed=NOT_HEADS)),
        "deals:bank_payment_aside": rows(
            bank_payment, methods="POST", **scoped(302, closed=NOT_HEADS)
        ),
        "deals:bank_payment_return": rows(
            bank_payment, methods="POST", **scoped(302, closed=NOT_HEADS)
        ),
        "deals:bank_payment_undo": rows(
            bank_payment, methods="GET POST", **scoped(closed=NOT_HEADS)
        ),
        "deals:bank_payment_link": rows(
            linked_payment, methods="POST", **scoped(302, closed=NOT_HEADS)
        ),
        "deals:receivables": page(**only(READERS)),
        "deals:debtor_list": page(**only(READERS)),
        "deals:debtors_unplanned": page(**only(READERS)),
        "deals:deal_debt_call": rows(
            owing_deal, methods="GET POST", posted=422, **scoped(closed=NOT_SELLING)
        ),
        "deals:promises_kept": page(**only(READERS)),
        "deals:debtor_export": rows(export, **of_exporters()),
        "deals:debtor_call": rows(
            debtor, methods="GET POST", posted=422, **scoped(closed=NOT_SELLING)
        ),
        "deals:deal_tags": rows(deal, methods="GET POST", posted=302, **scoped(closed=NOT_SELLING)),
        "deals:deal_choices": page(**only(READERS)),
        "deals:client_choices": page(**only(READERS)),
        "deals:owner_choices": page(**only(READERS)),
        "deals:team_choices": page(**only(READERS)),
        "deals:client_deals": rows(client, **scoped()),
        "deals:client_activities": rows(client, **scoped()),
        "deals:client_payments": rows(client, **scoped()),
        "deals:pipeline_list": page(**only("head admin")),
        "deals:product_list": page(**only("head admin")),
        "deals:reason_list": page(**only("head admin")),
        "deals:pipeline_default": rows(pipeline, methods="POST", **of_admin(302)),
        "deals:stage_shift": rows(stage, methods="POST", **of_admin(302)),
        "deals:setting_create": rows(
            lambda owner: {"kind": "pipeline"}, methods="GET POST", **of_admin(200)
        ),
        "deals:setting_edit": rows(setting, methods="GET POST", posted=422, **of_admin(200)),
        "deals:setting_archive": rows(setting, methods="POST", **of_admin(302)),
    }
)
