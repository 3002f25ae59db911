"""What leaves the product: named field by field, so that a new column stays inside."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.clients.models import Client, Contact
from apps.deals.models import Activity, Deal, Receipt, ScheduleLine


class ClientSerializer(serializers.ModelSerializer):
    owner_name = serializers.CharField(source="owner", allow_null=True, read_only=True)
    source_name = serializers.CharField(source="source", allow_null=True, read_only=True)

    class Meta:
        model = Client
        fields = (
            "id", "kind", "name", "inn", "kpp", "ogrn", "phone", "email", "site", "city", "address",
            "industry", "employees", "level", "potential", "source", "source_name", "owner",
            "owner_name", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class ContactSerializer(serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = ("id", "client", "name", "position", "phone", "email", "is_decision_maker")
        read_only_fields = fields


class DealSerializer(serializers.ModelSerializer):
    """`client` and `contact` are numbers: whether they are seen is another question."""

    pipeline_name = serializers.CharField(source="pipeline", read_only=True)
    stage_name = serializers.CharField(source="stage", read_only=True)
    owner_name = serializers.CharField(source="owner", read_only=True)
    refusal_reason_name = serializers.CharField(
        source="refusal_reason", allow_null=True, read_only=True
    )

    class Meta:
        model = Deal
        fields = (
            "id", "title", "client", "contact", "pipeline", "pipeline_name", "stage", "stage_name",
            "stage_since", "outcome", "owner", "owner_name", "source", "amount", "currency",
            "amount_base", "opened_on", "expected_close_on", "closed_on", "next_step",
            "next_step_at", "last_activity_at", "refusal_reason", "refusal_reason_name",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class ActivitySerializer(serializers.ModelSerializer):
    user_name = serializers.CharField(source="user", read_only=True)

    class Meta:
        model = Activity
        fields = (
            "id", "kind", "deal", "client", "contact", "user", "user_name", "outcome", "text",
            "duration_minutes", "happened_on", "happened_at", "recorded_at", "reversal_of",
        )  # fmt: skip
        read_only_fields = fields


class ReceiptSerializer(serializers.ModelSerializer):
    class Meta:
        model = Receipt
        fields = (
            "id", "client", "received_on", "amount", "currency", "amount_base", "number", "note",
            "recorded_at", "reversal_of",
        )  # fmt: skip
        read_only_fields = fields


class ScheduleSerializer(serializers.ModelSerializer):
    currency = serializers.CharField(source="deal.currency", read_only=True)

    class Meta:
        model = ScheduleLine
        fields = ("id", "deal", "title", "due_on", "amount", "paid", "currency")
        read_only_fields = fields


class LeadSerializer(serializers.Serializer):
    """An inquiry from another server; unknown names are refused."""

    form = serializers.CharField(max_length=32, help_text=_("The key of the intake form."))
    name = serializers.CharField(max_length=255)
    company = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    city = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    comment = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    consent = serializers.BooleanField(help_text=_("The person agreed to the text of the form."))

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            text = _("There is no such field.")
            raise serializers.ValidationError({str(name): [text] for name in sorted(unknown)})
        return super().to_internal_value(data)


class AcceptedSerializer(serializers.Serializer):
    """Nothing of ours goes out with it."""

    status = serializers.CharField()
