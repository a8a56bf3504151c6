"""A prompt composed of cards: one for each of eight fields, taken apart, put together and suggested for."""
