"""``vibes doctor`` and ``vibes discover``: help to set up a hub, and to mend it."""
