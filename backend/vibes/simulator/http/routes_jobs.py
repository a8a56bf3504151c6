"""The jobs routes that only the newer dialect has: queue and history in one form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from vibes.simulator.http.control import station_of
from vibes.simulator.http.routes_prompts import is_canonical_uuid
from vibes.simulator.state.job_queue import EXTRA_DATA, GRAPH, NUMBER, PROMPT_ID
from vibes.simulator.state.station import Station

_STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")
_SORTS = {"created_at": "create_time", "execution_duration": "duration"}
_ENDS = {"execution_success": "completed", "execution_error": "failed", "execution_interrupted": "cancelled"}

Job = dict[str, Any]


class BadQuery(ValueError):
    """A query parameter has an invalid value."""


@dataclass(frozen=True, slots=True)
class Query:
    statuses: tuple[str, ...]
    workflow_id: str | None
    sort_by: str
    descending: bool
    limit: int | None
    offset: int


async def get_jobs(request: web.Request) -> web.Response:
    try:
        query = _query_of(request)
    except BadQuery as problem:
        return web.json_response({"error": str(problem)}, status=400)
    jobs = [job for job in _all_jobs(station_of(request)) if _matches(job, query)]
    jobs.sort(key=lambda job: _sort_value(job, query.sort_by), reverse=query.descending)
    end = None if query.limit is None else query.offset + query.limit
    page = jobs[query.offset : end]
    pagination = {
        "offset": query.offset,
        "limit": query.limit,
        "total": len(jobs),
        "has_more": query.offset + len(page) < len(jobs),
    }
    return web.json_response({"jobs": page, "pagination": pagination})


async def get_job(request: web.Request) -> web.Response:
    station, job_id = station_of(request), request.match_info["job_id"]
    job = next((job for job in _all_jobs(station) if job["id"] == job_id), None)
    if job is None:
        return web.json_response({"error": "Job not found"}, status=404)
    entry = station.queue.history_of(job_id).get(job_id)
    if entry is not None and job["status"] not in ("pending", "in_progress"):
        job |= {"outputs": entry["outputs"], "execution_status": entry["status"]}
        job["workflow"] = {"prompt": entry["prompt"][GRAPH], "extra_data": entry["prompt"][EXTRA_DATA]}
    return web.json_response(job)


async def cancel_job(request: web.Request) -> web.Response:
    return web.json_response({"cancelled": _cancel(station_of(request), request.match_info["job_id"])})


async def cancel_jobs(request: web.Request) -> web.Response:
    body: Any = await request.json()
    ids = body.get("job_ids") if isinstance(body, dict) else None
    if not isinstance(ids, list):
        return web.json_response({"error": "job_ids must be a list"}, status=400)
    invalid = [job_id for job_id in ids if not is_canonical_uuid(job_id)]
    if invalid:
        return web.json_response({"error": "job_ids must be UUIDs", "invalid_ids": invalid}, status=400)
    cancelled = [_cancel(station_of(request), job_id) for job_id in ids]
    return web.json_response({"cancelled": any(cancelled)})


def _cancel(station: Station, job_id: str) -> bool:
    """Remove or interrupt the prompt; nothing can happen in between."""
    if station.queue.delete(job_id):
        return True
    if station.queue.is_running(job_id):
        station.interrupted = True
        return True
    return False


def _all_jobs(station: Station) -> list[Job]:
    jobs = [_unfinished(item, "in_progress") for item in station.queue.running()]
    jobs += [_unfinished(item, "pending") for item in station.queue.pending()]
    return jobs + [_finished(entry) for entry in station.queue.history().values()]


def _unfinished(item: tuple[Any, ...], status: str) -> Job:
    return _pruned(_common(item) | {"status": status, "outputs_count": 0, "previewable_outputs_count": 0})


def _finished(entry: Mapping[str, Any]) -> Job:
    messages = dict(entry["status"]["messages"])
    end = next((name for name in _ENDS if name in messages), "execution_error")
    pictures = [
        {**picture, "nodeId": graph_node_id, "mediaType": kind}
        for graph_node_id, output in entry["outputs"].items()
        for kind, shown in output.items()
        for picture in shown
        if isinstance(picture, dict)  # beside the files some savers say whether they move: ``animated: [true]``
    ]
    job = _common(entry["prompt"]) | {
        "status": _ENDS[end],
        "execution_start_time": messages.get("execution_start", {}).get("timestamp"),
        "execution_end_time": messages.get(end, {}).get("timestamp"),
        "execution_error": messages.get("execution_error"),
        "outputs_count": len(pictures),
        "previewable_outputs_count": len(pictures),
        "preview_output": pictures[0] if pictures else None,
    }
    return _pruned(job)


def _common(item: Any) -> Job:
    extra = item[EXTRA_DATA]
    workflow = (extra.get("extra_pnginfo") or {}).get("workflow") or {}
    return {
        "id": item[PROMPT_ID],
        "status": None,
        "priority": item[NUMBER],
        "create_time": extra.get("create_time"),
        "workflow_id": workflow.get("id") if isinstance(workflow, dict) else None,
    }


def _pruned(job: Job) -> Job:
    return {key: value for key, value in job.items() if value is not None}


def _matches(job: Job, query: Query) -> bool:
    if query.statuses and job["status"] not in query.statuses:
        return False
    return query.workflow_id is None or job.get("workflow_id") == query.workflow_id


def _sort_value(job: Job, sort_by: str) -> float:
    if sort_by == "duration":
        return float(job.get("execution_end_time", 0) - job.get("execution_start_time", 0))
    return float(job.get("create_time", 0))


def _query_of(request: web.Request) -> Query:
    query = request.query
    statuses = tuple(status for status in query.get("status", "").split(",") if status)
    unknown = [status for status in statuses if status not in _STATUSES]
    if unknown:
        raise BadQuery(f"Invalid status value(s): {', '.join(unknown)}. Valid values: {', '.join(_STATUSES)}")
    sort_by, order = query.get("sort_by", "created_at"), query.get("sort_order", "desc")
    if sort_by not in _SORTS:
        raise BadQuery(f"sort_by must be one of {', '.join(_SORTS)}")
    if order not in ("asc", "desc"):
        raise BadQuery("sort_order must be 'asc' or 'desc'")
    limit = _whole_number(query.get("limit"), "limit", 1)
    offset = _whole_number(query.get("offset"), "offset", 0)
    return Query(statuses, query.get("workflow_id"), _SORTS[sort_by], order == "desc", limit, offset or 0)


def _whole_number(text: str | None, name: str, lowest: int) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or int(text) < lowest:
        raise BadQuery(f"{name} must be an integer of at least {lowest}")
    return int(text)


ROUTES = (
    web.get("/api/jobs", get_jobs),
    web.get("/api/jobs/{job_id}", get_job),
    web.post("/api/jobs/cancel", cancel_jobs),
    web.post("/api/jobs/{job_id}/cancel", cancel_job),
)
