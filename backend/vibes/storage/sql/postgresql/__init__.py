"""What is PostgreSQL's alone, loaded by a hub whose URL names such a database and by no other."""
