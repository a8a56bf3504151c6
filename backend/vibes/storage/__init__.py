"""Adapter to the database: SQLAlchemy over SQLite."""
