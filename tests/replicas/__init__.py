"""Several hubs on one database: who leads, and what becomes of requests meanwhile."""
