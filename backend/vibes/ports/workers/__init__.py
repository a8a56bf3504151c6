"""What hub and workers need of what they share: rows in a database, and hints beside it."""
