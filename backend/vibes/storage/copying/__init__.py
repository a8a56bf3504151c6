"""Takes everything from one database to another, and tells whether two hold the same."""
