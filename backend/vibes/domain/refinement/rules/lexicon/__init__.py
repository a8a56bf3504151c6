"""Words of pictures in English, German and French."""
