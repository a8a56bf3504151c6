"""Text files that people edit, read so that every mistake is told with its line."""
