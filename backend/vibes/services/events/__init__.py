"""What happens, for those who watch: numbered streams, and how far everything is."""
