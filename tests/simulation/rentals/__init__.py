"""Stories of rented machines: what is rented is given back, whoever dies when."""
