"""What every route uses: keys, limits, errors, dependencies."""
