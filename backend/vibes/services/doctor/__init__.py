"""The doctor: what is right with the hub and its surroundings, and what to do about the rest."""
