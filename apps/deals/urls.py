from django.urls import path, re_path

from apps.deals.views import (
    activities,
    bank,
    choices,
    contents,
    deals,
    exports,
    mail,
    money,
    moves,
    panels,
    settings,
)

app_name = "deals"
KIND = r"(?P<kind>pipeline|stage|product|reason)"

urlpatterns = [
    path("", deals.deal_list, name="deal_list"),
    path("export/", exports.deal_export, name="deal_export"),
    path("new/", deals.deal_create, name="deal_create"),
    path("letters/", mail.letters, name="letters"),
    path("log/", activities.quick_log, name="quick_log"),
    path("<int:pk>/", deals.deal, name="deal"),
    path("<int:pk>/edit/", deals.deal_edit, name="deal_edit"),
    path("<int:pk>/assign/", deals.deal_assign, name="deal_assign"),
    path("<int:pk>/archive/", deals.deal_archive, name="deal_archive"),
    path("<int:pk>/restore/", deals.deal_restore, name="deal_restore"),
    path("<int:pk>/timeline/", deals.deal_timeline, name="deal_timeline"),
    path("<int:pk>/move/<int:stage_id>/", moves.deal_move, name="deal_move"),
    path("<int:pk>/log/", activities.deal_log, name="deal_log"),
    path("<int:pk>/step/", activities.deal_step, name="deal_step"),
    path("<int:pk>/lines/", contents.deal_lines, name="deal_lines"),
    path("<int:pk>/shares/", contents.deal_splits, name="deal_splits"),
    path("<int:pk>/schedule/", contents.deal_schedule, name="deal_schedule"),
    path("activities/<int:pk>/reverse/", activities.activity_reverse, name="activity_reverse"),
    path("receipts/new/", money.receipt_create, name="receipt_create"),
    path("receipts/<int:pk>/", money.receipt, name="receipt"),
    path("receipts/<int:pk>/allocate/", money.receipt_allocate, name="receipt_allocate"),
    path("receipts/<int:pk>/reverse/", money.receipt_reverse, name="receipt_reverse"),
    path("receivables/", money.receivables, name="receivables"),
    path("bank/", bank.bank_statement_list, name="bank_statement_list"),
    path("bank/upload/", bank.bank_statement_upload, name="bank_statement_upload"),
    path("bank/<int:pk>/", bank.bank_statement, name="bank_statement"),
    path("bank/<int:pk>/book/", bank.bank_statement_book, name="bank_statement_book"),
    path("bank/<int:pk>/match/", bank.bank_statement_match, name="bank_statement_match"),
    path("bank/payments/<int:pk>/", bank.bank_payment, name="bank_payment"),
    path("bank/payments/<int:pk>/aside/", bank.bank_payment_aside, name="bank_payment_aside"),
    path("bank/payments/<int:pk>/return/", bank.bank_payment_return, name="bank_payment_return"),
    path("bank/payments/<int:pk>/undo/", bank.bank_payment_undo, name="bank_payment_undo"),
    path(
        "bank/payments/<int:pk>/is/<int:receipt>/", bank.bank_payment_link, name="bank_payment_link"
    ),
    path("choices/deals/", choices.deal_choices, name="deal_choices"),
    path("choices/clients/", choices.client_choices, name="client_choices"),
    path("choices/owners/", choices.owner_choices, name="owner_choices"),
    path("choices/teams/", choices.team_choices, name="team_choices"),
    path("of-client/<int:pk>/deals/", panels.client_deals, name="client_deals"),
    path("of-client/<int:pk>/activities/", panels.client_activities, name="client_activities"),
    path("of-client/<int:pk>/payments/", panels.client_payments, name="client_payments"),
    path("settings/pipelines/", settings.pipeline_list, name="pipeline_list"),
    path("settings/products/", settings.product_list, name="product_list"),
    path("settings/reasons/", settings.reason_list, name="reason_list"),
    path(
        "settings/pipelines/<int:pk>/default/", settings.pipeline_default, name="pipeline_default"
    ),
    path("settings/stages/<int:pk>/<slug:direction>/", settings.stage_shift, name="stage_shift"),
    re_path(rf"^settings/{KIND}/new/$", settings.setting_create, name="setting_create"),
    re_path(rf"^settings/{KIND}/(?P<pk>\d+)/$", settings.setting_edit, name="setting_edit"),
    re_path(
        rf"^settings/{KIND}/(?P<pk>\d+)/archive/$", settings.setting_archive, name="setting_archive"
    ),
]
