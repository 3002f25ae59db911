from django.urls import path

from apps.bonuses.views import approval, disputes, exports, schemes, statements, versions, what_if

app_name = "bonuses"
urlpatterns = [
    path("", statements.statement_list, name="statement_list"),
    path("<int:pk>/", statements.statement, name="statement"),
    path("<int:pk>/export/", exports.statement_export, name="statement_export"),
    path("<int:pk>/approve/", approval.statement_approve, name="statement_approve"),
    path("<int:pk>/what-if/", what_if.what_if, name="what_if"),
    path("<int:pk>/ask/", disputes.dispute_create, name="dispute_create"),
    path("month/approve/", approval.month_approve, name="month_approve"),
    path("month/pay/", approval.month_pay, name="month_pay"),
    path("month/payroll/", exports.payroll_export, name="payroll_export"),
    path("questions/<int:pk>/", disputes.dispute, name="dispute"),
    path("questions/<int:pk>/answer/", disputes.dispute_answer, name="dispute_answer"),
    path("questions/<int:pk>/accept/", disputes.dispute_accept, name="dispute_accept"),
    path("questions/<int:pk>/decline/", disputes.dispute_decline, name="dispute_decline"),
    path("deals/<int:pk>/", what_if.deal_panel, name="deal_panel"),
    path("schemes/", schemes.scheme_list, name="scheme_list"),
    path("schemes/new/", schemes.scheme_create, name="scheme_create"),
    path("schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("schemes/<int:pk>/version/", schemes.version_create, name="version_create"),
    path("versions/<int:pk>/", versions.version, name="version"),
    path("versions/<int:pk>/back-test/", versions.back_test_start, name="back_test_start"),
    path("versions/<int:pk>/start/", versions.version_start, name="version_start"),
    path("back-tests/<int:pk>/", versions.back_test, name="back_test"),
]
