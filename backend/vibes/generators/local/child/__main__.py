"""python -m vibes.generators.local.child: draws for the process that started it, over stdin and stdout."""

from importlib import import_module

from vibes.generators.local.child.channel import Channel
from vibes.generators.local.child.serving import Painter, serve


def main() -> None:
    serve(Channel(), _painter)


def _painter() -> Painter:
    """Loaded only now, for it takes seconds and says things on stdout."""
    painter: Painter = import_module("vibes.generators.local.child.painter").DiffusersPainter()
    return painter


if __name__ == "__main__":
    main()
