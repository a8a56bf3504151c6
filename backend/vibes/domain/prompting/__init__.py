"""What becomes of a prompt as a person writes it: styles laid over it, wildcards drawn, words completed. Pure."""
