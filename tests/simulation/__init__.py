"""Whole hubs in virtual time: stories of people and failing machines by a seed, the same again for the same seed."""
