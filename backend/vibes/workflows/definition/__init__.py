"""What a workflow is: a template with placeholders, and the parameters that fill them."""
