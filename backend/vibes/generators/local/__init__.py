"""Pictures from this machine's own GPU: Diffusers in a child process, which alone loads torch."""
