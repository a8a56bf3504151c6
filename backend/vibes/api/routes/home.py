"""``/``: what a person sees who opens the hub's address in a browser."""

from collections.abc import Sequence
from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from vibes.api.http import given
from vibes.domain.nodes.status import NodeStatus
from vibes.services.fleet.service import FleetService
from vibes.services.queue.views import QueueViews

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
async def home(
    request: Request, fleet: given.Fleet, views: given.Views, authentication: given.Authentication
) -> HTMLResponse:
    url = escape(str(request.base_url).rstrip("/"))
    nodes = fleet.nodes()
    simulated = any(node.inventory and node.inventory.simulated for node in nodes)
    badge = '<span class="badge">simulated GPUs</span>' if simulated else ""
    shown = "<p>This hub asks for its API key.</p>" if authentication.required else _shown(fleet, nodes, views)
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vibes ImGen</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{_REFRESH_SECONDS}"><style>{_STYLE}</style></head><body>
<h1>Vibes ImGen{badge}</h1><p class="lead">The hub is running. Ask it for pictures from a terminal or over its API.</p>
{shown}
<pre>vibes generate "a lighthouse at dusk, oil painting" -n 20 --out out/ --url {url}
vibes nodes --url {url}</pre>
<p><small>In a checkout the command is <code>.venv/bin/vibes</code>.</small></p>
<p>Every route of the API, with a form to try it: <a href="docs">/docs</a></p></body></html>"""
    return HTMLResponse(page)


def _shown(fleet: FleetService, nodes: Sequence[NodeStatus], views: QueueViews) -> str:
    rows = "".join(_row(node, views) for node in nodes)
    table = f"<table><tr><th>Node</th><th>Tier</th><th>Works on</th><th>State</th></tr>{rows}</table>"
    return _problems(fleet) + table


def _problems(fleet: FleetService) -> str:
    lines = "".join(f"<li>{escape(str(problem))}</li>" for problem in fleet.config_problems)
    return f'<p class="offline">The newest gpus.yaml is not in force:</p><ul>{lines}</ul>' if lines else ""


def _row(node: NodeStatus, views: QueueViews) -> str:
    config, running = node.config, views.load(node.id).generations
    works_on = escape(running[0].spec.prompt[:60]) if running else "–"
    memory = f", {config.vram_gb:g} GB" if config.vram_gb else ""
    reason = f"<small>{escape(node.reason.sentence)}</small>" if node.reason else ""
    return (
        f"<tr><td>{escape(config.name)}<small>{escape(config.id)}{memory}</small></td>"
        f'<td>{config.tier}</td><td>{works_on}</td><td class="{node.state}">{node.state}{reason}</td></tr>'
    )
