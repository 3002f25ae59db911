"""Deals are made as in the tests of the night."""

from tests.kpis.conftest import reason, sell, stages

__all__ = ["reason", "sell", "stages"]
