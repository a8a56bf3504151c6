"""What a graph means: which of its inputs hold what a person asks for."""
