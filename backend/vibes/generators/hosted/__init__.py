"""What all generators behind a provider's HTTP have in common: requests, downloads, and never paying twice."""
