"""The form in which ComfyUI's editor saves a workflow, turned into the one that its server runs."""
