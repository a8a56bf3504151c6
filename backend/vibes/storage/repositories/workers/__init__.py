"""Workers and their orders in the database."""
