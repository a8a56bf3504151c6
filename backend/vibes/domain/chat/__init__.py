"""Language models as values."""
