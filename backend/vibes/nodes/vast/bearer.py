"""The secret that guards a rented ComfyUI."""

import secrets

_BYTES = 24


def new_bearer() -> str:
    return secrets.token_urlsafe(_BYTES)
