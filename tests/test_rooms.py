"""Foreign keys named by string obey the order of the rooms, as imports do."""

from django.apps import apps

LEVELS = {
    "core": 0,
    "staff": 1,
    "clients": 2,
    "tasks": 2,
    "deals": 3,
    "portfolio": 4,
    "kpis": 6,
    "forecasts": 7,
    "bonuses": 7,
    "dashboard": 9,
    "api": 9,
}


def test_every_room_has_its_level():
    rooms = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}

    assert rooms == set(LEVELS)


def test_foreign_keys_point_downwards():
    upwards = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if (level := LEVELS.get(model._meta.app_label)) is not None
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if not points_down(model, level, field.related_model)
    ]

    assert upwards == []


def points_down(model, level, target):
    """Within a room, downwards, out of the rooms, or to the person, whom everybody may name."""
    if target._meta.app_label == model._meta.app_label or target._meta.label == "staff.User":
        return True
    return LEVELS.get(target._meta.app_label, -1) < level
