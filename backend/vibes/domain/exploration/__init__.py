"""Pictures that differ from one another in a known way: variations, grids of them, and what lies beside a picture."""
