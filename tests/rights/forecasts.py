"""The forecast."""

from tests.rights import only, page

RIGHTS = {"forecasts:forecast": page(**only("seller lead head director"))}
