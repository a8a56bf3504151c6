"""The kind ``worker``: a process on a GPU machine that carries out orders which lie in the database."""
