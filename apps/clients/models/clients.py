"""Companies and people we sell to, their contacts, and who has owned them."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Reverse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.clients.calculations import digits_of, number_ways
from apps.clients.choices import ClientKind, ClientLevel
from apps.core.models import (
    Archived,
    ArchivedQuerySet,
    Tag,
    Versioned,
    append_only,
    audited,
)
from apps.core.phones import is_code_of_country
from apps.core.words import prefix_query, without_marks
from apps.staff.choices import Role
from apps.staff.models import User, has_stated_reason, name_key

CLIENT_SEARCH = SearchVector(
    without_marks("name_key"), "inn", "phone", "email", without_marks("city"), config="simple"
)
CONTACT_SEARCH = SearchVector(without_marks("name_key"), "phone", "email", config="simple")

# Fewer digits are the end of too many numbers.
LEAST_ENDING = 4


# More rows than this are not looked up one by one.
MANY = 1000


def united(rows):
    """One query of all `rows`; each has an index that an OR of their conditions would not use."""
    first, *others = rows
    return first.union(*others) if others else first


def some_of(ways, most):
    """Numbers of the rows of `ways`, at most `most` of each."""
    return united(way.order_by().values("pk")[:most] for way in ways)


class SearchedQuerySet(ArchivedQuerySet):
    """Rows with a phone, an e-mail and an index of words; `vector` is the indexed expression."""

    vector: SearchVector

    def found_by(self, query):
        """Rows that the raw tsquery `query` matches."""
        search = SearchQuery(query, search_type="raw", config="simple")
        return self.alias(found=self.vector).filter(found=search)

    def said_by(self, text):
        """Rows whose own words, numbers or e-mail begin as `text` says; none for an empty one."""
        ways = self.ways(text)
        if len(ways) < 2:
            return ways[0] if ways else self.none()
        return self.filter(pk__in=united(way.order_by().values("pk") for way in ways))

    def some_said_by(self, text, most):
        """The numbers of some of them, at most `most` by each way; for the search from anywhere."""
        return some_of(self.ways(text) or [self.none()], most)

    def ways(self, text):
        """These rows narrowed by `text` in each way there is; every way has an index of its own.

        An OR of them is what PostgreSQL would rather answer by reading all rows in the order asked.
        """
        if "@" in text:
            return [self.exclude(email="").filter(email__startswith=text.strip().lower())]
        if digits := digits_of(text):
            return self.numbered(**number_ways(digits))
        query = prefix_query(text)
        return [self.found_by(query)] if query else []

    def numbered(self, words, start, other_start, ending):
        """By INN or phone from its beginning, or by the last digits of the phone (`number_ways`)."""
        # The indexes leave out empty phones, and the planner must be told so.
        phones = self.exclude(phone="")
        starts = Q(phone__startswith=start) | Q(phone__startswith=other_start)
        backwards = phones.alias(backwards=Reverse("phone"))
        return [
            self.found_by(words),
            phones.filter(starts),
            backwards.filter(backwards__startswith=ending),
        ]


@audited()
class Source(Archived):
    """Where clients and deals come from: site, exhibition, referral."""

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=100, unique=True)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name"]

    def __str__(self):
        return self.name


class ClientQuerySet(SearchedQuerySet):
    vector = CLIENT_SEARCH

    def matching(self, text):
        """Clients that `text` means: by name, INN, phone or e-mail, their own or a contact's.

        A few are looked up first: then a list reads them and not the whole base in its order. The
        code of a country with hardly a digit behind it narrows nothing.
        """
        if is_code_of_country(text):
            return self
        clients = [way.order_by().values("pk") for way in self.model.objects.ways(text)]
        contacts = [way.order_by().values("client") for way in Contact.objects.kept().ways(text)]
        ways = clients + contacts
        if not ways:
            return self.none()
        some = set(united(way[: MANY + 1] for way in ways).values_list("pk", flat=True))
        return self.filter(pk__in=some if len(some) <= MANY else united(ways))

    def without_owner(self):
        return self.filter(owner=None)

    def visible_to(self, viewer):
        """Clients of the people whose work `viewer` may see; without an owner, to heads up."""
        return self.filter(seen_by(viewer))


def seen_by(viewer, of=""):
    """Whether `viewer` may see a client, as a condition on it or (`of`) on what belongs to it."""
    seen = Q(**{f"{of}owner__in": User.objects.work_visible_to(viewer)})
    if viewer.role in (Role.HEAD, Role.DIRECTOR):
        seen |= Q(**{f"{of}owner": None})
    elif viewer.role == Role.ADMIN:
        seen |= Q(has_stated_reason(viewer), **{f"{of}owner": None})
    return seen


@audited()
class Client(Versioned, Archived):
    """A company or a person; `level` is written by segmentation, by hand until it exists."""

    kind = models.CharField(
        _("kind"), max_length=10, choices=ClientKind.choices, default=ClientKind.COMPANY
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=255)
    name_key = models.GeneratedField(
        expression=name_key("name"), output_field=models.CharField(max_length=255), db_persist=True
    )
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    ogrn = models.CharField(_("OGRN"), max_length=15, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    site = models.URLField(_("web site"), blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("parent company"),
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("owner"),
    )
    level = models.CharField(_("level"), max_length=1, choices=ClientLevel.choices, blank=True)
    potential = models.DecimalField(
        _("potential a year"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    note = models.TextField(_("note"), blank=True)
    external_id = models.CharField(_("external code"), max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="clients", verbose_name=_("tags"))
    # Where the client went when it turned out to be a duplicate.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged"
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        constraints = [
            models.UniqueConstraint(
                fields=["inn", "kpp"],
                condition=Q(archived_at=None) & ~Q(inn=""),
                name="one_client_an_inn_and_kpp",
                violation_error_message=_("A client with this INN and KPP exists."),
            ),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="one_client_a_code"
            ),
            models.CheckConstraint(
                condition=Q(potential=None) | Q(potential__gte=0), name="potential_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="client_by_name"),
            models.Index(fields=["owner", "name_key", "id"], name="client_by_owner"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="client_by_phone"),
            models.Index(Reverse("phone"), condition=~Q(phone=""), name="client_by_phone_end"),
            models.Index(fields=["email"], condition=~Q(email=""), name="client_by_email"),
            GinIndex(CLIENT_SEARCH, name="client_search"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("clients:client", args=[self.pk])


class ContactQuerySet(SearchedQuerySet):
    vector = CONTACT_SEARCH

    def visible_to(self, viewer):
        """Those of the clients that `viewer` may see; a subquery of them would read all clients."""
        return self.filter(seen_by(viewer, "client__"))


@audited()
class Contact(Versioned, Archived):
    """A person on the client's side."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=255)
    name_key = models.GeneratedField(
        expression=name_key("name"), output_field=models.CharField(max_length=255), db_persist=True
    )
    position = models.CharField(_("position"), max_length=255, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_decision_maker = models.BooleanField(_("makes the decision"), default=False)
    note = models.TextField(_("note"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged"
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name_key", "pk"]
        indexes = [
            models.Index(fields=["phone"], condition=~Q(phone=""), name="contact_by_phone"),
            models.Index(Reverse("phone"), condition=~Q(phone=""), name="contact_by_phone_end"),
            models.Index(fields=["email"], condition=~Q(email=""), name="contact_by_email"),
            GinIndex(CONTACT_SEARCH, name="contact_search"),
        ]

    def __str__(self):
        return self.name


class OwnerChange(models.Model):
    """An event: the client went from one owner to another."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="owner_changes")
    old_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    new_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    happened_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("change of owner")
        verbose_name_plural = _("changes of owner")
        ordering = ["-happened_at"]
        triggers = [append_only()]

    def __str__(self):
        return f"{self.client_id} {self.happened_at:%Y-%m-%d}"
