"""Time zones to choose from."""

import zoneinfo

# Russia and its neighbours, from the west to the east.
NEAR = (
    "Europe/Kaliningrad", "Europe/Minsk", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg",
    "Asia/Almaty", "Asia/Omsk", "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk",
    "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
)  # fmt: skip


def zone_choices() -> list[tuple[str, str]]:
    """The near zones first, the rest of the world in the order of its names."""
    others = sorted(zone for zone in zoneinfo.available_timezones() if is_place(zone))
    return [(zone, zone) for zone in (*NEAR, *others)]


def is_place(zone: str) -> bool:
    """Is it a city, and not one of the near ones?"""
    return "/" in zone and not zone.startswith(("Etc/", "SystemV/")) and zone not in NEAR
