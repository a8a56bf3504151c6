"""What a person asks for to find out what there is: variations, neighbours, pictures between two."""
