"""All workflows in force, one folder laid over the other."""
