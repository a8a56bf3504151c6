"""Refinement: what feedback asks for, and what becomes of the prompt."""
