"""See `tests.simulation.soak`, a module that other processes can import."""

from tests.simulation.soak import main

if __name__ == "__main__":
    main()
