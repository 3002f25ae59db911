"""How fast the product is, measured against naive ways of doing the same; see README.md."""
