"""What a picture is asked to be: specs, references, sizes, seeds, and the graph that draws it."""
