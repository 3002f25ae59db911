"""What a file may bring into this room: deals, products, stages and calls."""

from apps.deals.imports.calls import CALLS
from apps.deals.imports.deals import DEALS
from apps.deals.imports.products import PRODUCTS
from apps.deals.imports.stages import STAGES

__all__ = ["CALLS", "DEALS", "PRODUCTS", "STAGES"]
