"""Money in plans: what may still be spent, and where that makes work end earlier."""
