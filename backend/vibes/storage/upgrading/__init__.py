"""Brings a database of an earlier release to the present one."""
