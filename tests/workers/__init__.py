"""Stories of workers: rows that hub and workers share, orders carried out, and everything that may die."""
