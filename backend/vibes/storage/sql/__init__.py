"""Tables, rows and the one writer: what every repository leans on."""
