"""What a file may bring into this room: deals, products and stages."""

from apps.deals.imports.deals import DEALS
from apps.deals.imports.products import PRODUCTS
from apps.deals.imports.stages import STAGES

__all__ = ["DEALS", "PRODUCTS", "STAGES"]
