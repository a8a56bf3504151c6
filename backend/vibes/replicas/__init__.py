"""Several hubs on one database: one leads, all answer. A third composition: around `app`, loaded where it is needed."""
