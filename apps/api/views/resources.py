"""The lists and rows that a token may read: each from `visible_to` of the token's owner."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.api import filters, serializers
from apps.api.authentication import TokenAuthentication
from apps.api.choices import Scope
from apps.api.limits import TokenThrottle
from apps.api.paging import KeysetPagination, bad
from apps.clients.models import Client, Contact
from apps.core.access import allowed, desk_for, public
from apps.deals.models import Activity, Deal, Receipt, ScheduleLine
from apps.staff.card_watch import cards_sent

# Where a token does not belong: addresses stand in logs and histories.
TOKENS_IN_ADDRESS = {"token", "access_token", "api_key", "apikey", "key", "auth"}


class MayRead(BasePermission):
    """The owner's own right today, and the scope that he gave to the token."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if token is None or view.scope not in token.scopes:
            return False
        if not allowed(request.user, view.permission):
            return False
        desk = desk_for(request.user, [view.permission])
        return desk is None or desk.refusal(request) is None


class Resource(viewsets.ReadOnlyModelViewSet):
    """`orders`: what `?ordering=` may say → a column that is never null; the first is the default."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (MayRead,)
    throttle_classes = (TokenThrottle,)
    pagination_class = KeysetPagination
    filter_backends = (DjangoFilterBackend,)
    # No OPTIONS: the description of the API is not for strangers.
    metadata_class = None
    lookup_value_converter = "int"
    scope: str
    permission: str
    rows: QuerySet
    filterset_class: Any
    orders: dict[str, str] = {"id": "pk"}
    # Each row is the card of a client or a deal: how many are taken is counted.
    gives_cards = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A method that is not there is 405 for everybody, token or no token."""
        if request.method.lower() not in (*self.action_map, "head"):
            raise exceptions.MethodNotAllowed(request.method)
        if found := TOKENS_IN_ADDRESS & set(request.query_params):
            raise bad(found.pop(), _("A token belongs into the header Authorization."))
        super().initial(request, *args, **kwargs)
        self.check_query(request)

    def check_query(self, request: Request) -> None:
        known = set(self.filterset_class.base_filters) | set(KeysetPagination.names)
        for name, values in request.query_params.lists():
            if self.detail or name not in known:
                raise bad(name, _("There is no such parameter."))
            if len(values) > 1:
                raise bad(name, _("Given twice."))

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return self.rows.none()
        return self.rows.all().visible_to(self.request.user)  # type: ignore[attr-defined]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200 and request.auth is not None:
            if desk := desk_for(request.user, [self.permission]):
                desk.note(request)
            if self.gives_cards:
                cards_sent(request.user, 1 if self.detail else len(response.data["results"]))
        return response

    def get_object(self) -> Any:
        if self.kwargs["pk"] > filters.LARGEST_ID:
            raise Http404
        return super().get_object()


class ClientResource(Resource):
    scope, permission = Scope.CLIENTS, "clients.view_client"
    rows = Client.objects.kept().select_related("owner", "source")
    serializer_class = serializers.ClientSerializer
    filterset_class = filters.ClientSet
    gives_cards = True
    orders = {"id": "pk", "name": "name_key"}


class ContactResource(Resource):
    scope, permission = Scope.CLIENTS, "clients.view_contact"
    rows = Contact.objects.kept().filter(client__archived_at=None)
    serializer_class = serializers.ContactSerializer
    filterset_class = filters.ContactSet


class DealResource(Resource):
    scope, permission = Scope.DEALS, "deals.view_deal"
    rows = Deal.objects.kept().select_related("pipeline", "stage", "owner", "refusal_reason")
    serializer_class = serializers.DealSerializer
    filterset_class = filters.DealSet
    gives_cards = True
    orders = {"id": "pk", "opened_on": "opened_on"}


class ActivityResource(Resource):
    scope, permission = Scope.ACTIVITIES, "deals.view_deal"
    rows = Activity.objects.select_related("user")
    serializer_class = serializers.ActivitySerializer
    filterset_class = filters.ActivitySet


class ReceiptResource(Resource):
    scope, permission = Scope.PAYMENTS, "deals.view_receipt"
    rows = Receipt.objects.all()
    serializer_class = serializers.ReceiptSerializer
    filterset_class = filters.ReceiptSet
    orders = {"id": "pk", "received_on": "received_on"}


class ScheduleResource(Resource):
    scope, permission = Scope.PAYMENTS, "deals.view_receipt"
    rows = ScheduleLine.objects.filter(deal__archived_at=None).select_related("deal")
    serializer_class = serializers.ScheduleSerializer
    filterset_class = filters.ScheduleSet
    orders = {"id": "pk", "due_on": "due_on"}


def views_of(resource: type[Resource]) -> tuple[Any, Any]:
    """The list and the row; `public` for the session only: the token is asked by the resource."""
    listed = resource.as_view({"get": "list"}, detail=False)
    one = resource.as_view({"get": "retrieve"}, detail=True)
    return public(listed), public(one)


client_list, client = views_of(ClientResource)
contact_list, contact = views_of(ContactResource)
deal_list, deal = views_of(DealResource)
activity_list, activity = views_of(ActivityResource)
receipt_list, receipt = views_of(ReceiptResource)
schedule_list, schedule = views_of(ScheduleResource)
