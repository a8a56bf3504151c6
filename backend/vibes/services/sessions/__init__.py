"""Set in motion by a person's request: sessions, their stages and their pictures."""
