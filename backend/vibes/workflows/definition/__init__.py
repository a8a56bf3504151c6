"""What a workflow is: a template with holes, and what may be put into them."""
