#!/bin/sh
# Prints the path of a Chromium; installs Debian's package where that is possible, otherwise says how to get one.
set -eu

find_one() {
	for name in "${VIBES_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
		[ -n "$name" ] && command -v "$name" && return 0
	done
	for app in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
		[ -x "$app" ] && echo "$app" && return 0
	done
	return 1
}

find_one && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
	echo "no Chromium is installed: installing Debian's package" >&2
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2
	find_one && exit 0
fi
echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium) or name one with VIBES_CHROMIUM=/path/to/chrome" >&2
exit 1
