import threading

import pytest
from django.db import connection

from apps.clients.models import Client
from apps.core.versions import Conflict, save_version
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db


def test_a_save_of_the_stored_version_wins_and_counts_up():
    client = ClientFactory(name="Ёлка", owner=None)
    client.name, client.city = "Сосна Ёжика", "Пермь"

    save_version(client, expected=1, fields=["name"])

    stored = Client.objects.get()
    assert (stored.name, stored.city, stored.version) == ("Сосна Ёжика", "", 2)
    assert (client.version, client.name_key) == (2, "сосна ежика")


def test_a_stale_save_writes_nothing_and_brings_what_is_stored():
    client = ClientFactory(name="Ромашка", owner=None)
    Client.objects.update(version=2, name="Василёк")
    client.name = "Лютик"

    with pytest.raises(Conflict) as conflict:
        save_version(client, expected=1, fields=["name"])

    assert conflict.value.current.name == "Василёк"
    assert Client.objects.get().name == "Василёк"


def test_a_record_that_is_gone_is_a_conflict_without_a_current_one():
    client = ClientFactory(owner=None)
    Client.objects.filter(pk=client.pk).delete()

    with pytest.raises(Conflict) as conflict:
        save_version(client, expected=1, fields=["name"])

    assert conflict.value.current is None


@pytest.mark.django_db(transaction=True)
def test_of_twenty_savers_at_once_one_wins():
    pk = ClientFactory(owner=None).pk
    barrier, won, lost = threading.Barrier(20), [], []

    def save(number):
        client = Client.objects.get(pk=pk)
        client.city = f"Город {number}"
        barrier.wait()
        try:
            won.append(save_version(client, expected=1, fields=["city"]).city)
        except Conflict:
            lost.append(number)
        connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (1, 19)
    stored = Client.objects.get()
    assert (stored.city, stored.version) == (won[0], 2)
