"""Refinement: feedback becomes a plan for the next pictures, with a model's help where there is one."""
