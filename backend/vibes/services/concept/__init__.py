"""The concept builder: cards out of a sentence or a picture, and suggestions for them."""
