"""What an instance is started with: image, bearer, and the switch that destroys it when nobody is left to do so."""

from typing import Any

from vibes.generators.vastai.config import VastConfig

HEARTBEAT = "heartbeat.png"
"""The hub uploads it into ``input/vibes`` of the instance's ComfyUI: its age is how long the hub has been silent."""

_ONSTART = """\
(
end=$(($(date +%s) + {lifetime})); seen=$(($(date +%s) + {boot}))
beat="${{WORKSPACE:-/workspace}}/ComfyUI/input/vibes/{heartbeat}"; label="${{VAST_CONTAINERLABEL:-}}"
while sleep 20; do
  now=$(date +%s)
  [ -e "$beat" ] && seen=$(stat -c %Y "$beat")
  if [ "$now" -ge "$end" ] || [ $((now - seen)) -ge {silence} ]; then
    curl -sS -m 30 -X DELETE -H "Authorization: Bearer $CONTAINER_API_KEY" \\
      -H "Content-Type: application/json" -d '{{}}' \\
      "{url}/api/v0/instances/${{CONTAINER_ID:-${{label#C.}}}}/"
  fi
done
) >/tmp/vibes-dead-man.log 2>&1 </dev/null &
entrypoint.sh
"""


def launch(config: VastConfig, *, label: str, password: str, url: str, seconds: float) -> dict[str, Any]:
    """The body of the create. ``password``: what its proxy takes as the bearer. ``url``: of the provider, as the
    instance reaches it. ``seconds``: after which it ends by itself whatever the hub does."""
    return {
        "client_id": "me",
        "image": config.image,
        "disk": config.disk_gb,
        "label": label,
        "runtype": "ssh_direc ssh_proxy",
        "env": _environment(config, password),
        "onstart": onstart(config, url, seconds),
        "cancel_unavail": True,
    }


def onstart(config: VastConfig, url: str, seconds: float) -> str:
    """Without a heartbeat for so long, or at the end of its lifetime, the instance destroys itself, with the key that
    each container is given for just that."""
    return _ONSTART.format(
        lifetime=round(seconds),
        boot=round(60 * config.boot_minutes),
        silence=round(60 * config.dead_man_minutes),
        heartbeat=HEARTBEAT,
        url=url,
    )


def _environment(config: VastConfig, password: str) -> dict[str, str]:
    given = {
        "-p 8188:8188": "1",
        "WEB_PASSWORD": password,
        "COMFYUI_ARGS": "--disable-auto-launch --port 18188",
        "ENABLE_HTTPS": "true" if config.https else "false",
    }
    script = {"PROVISIONING_SCRIPT": config.provisioning_script} if config.provisioning_script else {}
    return {**config.environment, **given, **script}
