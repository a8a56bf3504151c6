"""Stories of prompts: styles, wildcards, history and completion."""
