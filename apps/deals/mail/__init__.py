"""Letters in .eml files: reading them and finding whose they are."""
