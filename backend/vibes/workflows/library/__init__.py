"""The workflows in force, read from several folders."""
