#!/bin/sh
# Writes what the compose files hand to their services as secrets into docker/secrets, or the folder that is named; what is
# there already stays. They are readable for all who may enter that folder, since each image has a user of its own.
set -eu
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 0711 "$folder"

secret() { # NAME VALUE
	[ -e "$folder/$1" ] || { printf '%s\n' "$2" >"$folder/$1" && chmod 0444 "$folder/$1"; }
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

secret vibes_api_key "$(random)"
secret postgresql_password "$(random)"
secret redis_password "$(random)"
secret grafana_password "$(random)"
secret vibes_database_url "postgresql://vibes:$(cat "$folder/postgresql_password")@postgresql/vibes"
secret vibes_broker_url "redis://:$(cat "$folder/redis_password")@redis/0"
