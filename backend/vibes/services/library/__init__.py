"""The workflows in force, and their versions at the time of each submission."""
