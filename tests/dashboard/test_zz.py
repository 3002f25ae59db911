import pytest
from tests.dashboard import test_sample as T
from django.db import transaction
pytestmark = pytest.mark.django_db
def test_zz():
    found=[]
    for _ in range(2):
        with transaction.atomic():
            T.make_department(seed=7, today=T.TODAY, size=T.SMALL, password="x"*12)
            found.append({m.__name__: list(m._default_manager.order_by("pk").values_list(*f.split())) for m,f in T.COMPARED})
            transaction.set_rollback(True)
    for k in found[0]:
        d=[(a,b) for a,b in zip(found[0][k],found[1][k]) if a!=b]
        print(k,len(found[0][k]),len(found[1][k]),len(d),d[:3])
    assert 0
