"""``/``: what a person sees who opens the hub's address in a browser."""

from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from vibes.api.http.hub import Hub, HubDependency
from vibes.services.fleet.watched_node import WatchedNode

router = APIRouter(include_in_schema=False)

_REFRESH_SECONDS = 5

_STYLE = """
:root { color-scheme: dark light; --line: #8884; --soft: #838389; --good: #3fb27f; --bad: #e5665a; --wait: #d9a441 }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 4rem auto; padding: 0 1.25rem }
h1 { font-size: 1.9rem; letter-spacing: -.02em; margin: 0 } p.lead { color: var(--soft); margin: .2rem 0 2rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem } th { font-weight: 500; color: var(--soft) }
td, th { text-align: left; padding: .55rem .75rem .55rem 0; border-bottom: 1px solid var(--line) }
td:last-child, th:last-child { padding-right: 0; text-align: right; white-space: nowrap }
small { color: var(--soft); display: block; line-height: 1.35 }
pre { background: #8881; border-radius: .6rem; padding: .9rem 1.1rem; overflow-x: auto; font-size: .9rem }
.badge { border: 1px solid var(--wait); color: var(--wait); border-radius: 1rem; padding: .1rem .7rem; font-size: .8rem;
  vertical-align: middle; margin-left: .6rem; letter-spacing: 0 }
.ready, .busy { color: var(--good) } .offline, .wedged { color: var(--bad) } .starting, .degraded { color: var(--wait) }
a { color: inherit }
"""


@router.get("/", response_class=HTMLResponse)
async def home(request: Request, hub: HubDependency) -> HTMLResponse:
    url = escape(str(request.base_url).rstrip("/"))
    watches = list(hub.supervisor.nodes.values())
    simulated = any(watch.inventory and watch.inventory.simulated for watch in watches)
    badge = '<span class="badge">simulated GPUs</span>' if simulated else ""
    fleet = "<p>This hub asks for its API key.</p>" if hub.authentication.required else _fleet_table(hub, watches)
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vibes ImGen</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{_REFRESH_SECONDS}"><style>{_STYLE}</style></head><body>
<h1>Vibes ImGen{badge}</h1><p class="lead">The hub is running. Ask it for pictures from a terminal or over its API.</p>
{_problems(hub)}{fleet}
<pre>vibes generate "a lighthouse at dusk, oil painting" -n 20 --out out/ --url {url}
vibes nodes --url {url}</pre>
<p><small>In a checkout the command is <code>.venv/bin/vibes</code>.</small></p>
<p>Every route of the API, with a form to try it: <a href="/docs">/docs</a></p></body></html>"""
    return HTMLResponse(page)


def _problems(hub: Hub) -> str:
    if hub.authentication.required or not hub.fleet_problems():
        return ""
    lines = "".join(f"<li>{escape(str(problem))}</li>" for problem in hub.fleet_problems())
    return f'<p class="offline">The newest gpus.yaml is not in force:</p><ul>{lines}</ul>'


def _fleet_table(hub: Hub, watches: list[WatchedNode]) -> str:
    rows = "".join(_row(hub, watch) for watch in watches)
    return f"<table><tr><th>Node</th><th>Tier</th><th>Works on</th><th>State</th></tr>{rows}</table>"


def _row(hub: Hub, watch: WatchedNode) -> str:
    running = hub.board.on_node(watch.config.id)
    works_on = escape(running[0].work.spec.prompt[:60]) if running else "–"
    reason = f"<small>{escape(watch.reason.sentence)}</small>" if watch.reason else ""
    return (
        f"<tr><td>{escape(watch.config.name)}<small>{escape(watch.config.id)}, {watch.config.vram_gb:g} GB</small></td>"
        f'<td>{watch.config.tier}</td><td>{works_on}</td><td class="{watch.state}">{watch.state}{reason}</td></tr>'
    )
