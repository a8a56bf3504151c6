"""Runs one prompt from `execution_start` to its end, with ComfyUI's order, cache, events and errors."""

import time
from collections.abc import Mapping
from typing import Any

from vibes.simulator.graph_nodes.base import Done, GraphNodeFailure, Inputs
from vibes.simulator.running.computation import Computation, Interrupted
from vibes.simulator.running.ordering import ExecutionOrder
from vibes.simulator.running.progress import ProgressReport
from vibes.simulator.state.cache import CachedResult, Signature, Uncacheable, is_link, signatures
from vibes.simulator.state.job_queue import Result, milliseconds
from vibes.simulator.state.ledger import Outcome
from vibes.simulator.state.station import Job, Station

_LONGEST_PRINTED = 400


class PromptRun:
    """Executes one prompt. ``outcome`` says afterwards how it ended."""

    def __init__(self, station: Station, job: Job) -> None:
        self.outcome = Outcome.SUCCESS
        self._station = station
        self._job = job
        self._progress = ProgressReport(station.hub, job.prompt_id, job.client_id)
        self._messages: list[Any] = []
        self._executed: list[str] = []
        self._shown: dict[str, Mapping[str, Any]] = {}
        self._signatures: dict[str, Signature | None] = {}
        self._values: dict[str, tuple[object, ...]] = {}

    async def execute(self) -> Result:
        """Run it; KeyError when a graph node has no ``inputs``, which kills ComfyUI's worker."""
        station = self._station
        station.client_id, station.interrupted, station.current_graph_node = self._job.client_id, False, None
        self._announce("execution_start", {"prompt_id": self._job.prompt_id})
        self._signatures = signatures(self._job.graph, self._freshness)
        if not station.setup.dialect.evicts_after_first_node:
            station.cache.keep_only(self._signatures)
        cached = [graph_node_id for graph_node_id in self._job.graph if self._cached(graph_node_id)]
        self._announce("execution_cached", {"nodes": cached, "prompt_id": self._job.prompt_id})
        await self._execute_all(Computation(station, self._job, self._progress))
        station.current_graph_node = None
        return Result(
            succeeded=self.outcome is Outcome.SUCCESS,
            outputs={graph_node_id: ui["output"] for graph_node_id, ui in self._shown.items()},
            meta={graph_node_id: ui["meta"] for graph_node_id, ui in self._shown.items()},
            messages=self._messages,
        )

    async def _execute_all(self, computation: Computation) -> None:
        order = ExecutionOrder(self._job.graph, self._is_output, lambda other: self._cached(other) is not None)
        order.add_outputs(self._job.outputs)
        while (graph_node_id := order.next()) is not None:
            await self._station.faults.while_halted()
            try:
                await self._execute_one(graph_node_id, computation)
            except Interrupted:
                self.outcome = Outcome.INTERRUPTED
                self._announce("execution_interrupted", self._where(graph_node_id), to_all=True)
                return
            except GraphNodeFailure as failure:
                self.outcome = Outcome.ERROR
                self._announce("execution_error", self._where(graph_node_id) | self._why(graph_node_id, failure))
                return
            order.complete(graph_node_id)
        self._announce("execution_success", {"prompt_id": self._job.prompt_id})

    async def _execute_one(self, graph_node_id: str, computation: Computation) -> None:
        cached = self._cached(graph_node_id)
        if cached is not None:
            self._send_executed(graph_node_id, None if cached.ui is None else cached.ui["output"])
            self._keep(graph_node_id, cached)
            self._progress.finish(graph_node_id)
            return
        self._progress.start(graph_node_id)
        if self._job.client_id is not None:
            self._station.current_graph_node = graph_node_id
            data = {"node": graph_node_id, "display_node": graph_node_id, "prompt_id": self._job.prompt_id}
            self._station.hub.send("executing", data, self._job.client_id)
        done = await computation.run(graph_node_id, self._resolved(graph_node_id))
        self._store(graph_node_id, CachedResult(done.outputs, _described(graph_node_id, done)))

    def _store(self, graph_node_id: str, result: CachedResult) -> None:
        if result.ui is not None:
            self._send_executed(graph_node_id, result.ui["output"])
        self._executed.append(graph_node_id)
        self._progress.finish(graph_node_id)
        self._station.cache.put(self._signatures[graph_node_id], result)
        self._keep(graph_node_id, result)
        if self._station.setup.dialect.evicts_after_first_node and len(self._executed) == 1:
            self._station.cache.keep_only(self._signatures)

    def _keep(self, graph_node_id: str, result: CachedResult) -> None:
        self._values[graph_node_id] = result.outputs
        if result.ui is not None:
            self._shown[graph_node_id] = result.ui

    def _resolved(self, graph_node_id: str) -> Inputs:
        inputs = self._job.graph[graph_node_id]["inputs"]
        return {name: self._linked(value) if is_link(value) else value for name, value in inputs.items()}

    def _linked(self, link: list[Any]) -> object:
        source, slot = link
        if source not in self._values:
            cached = self._cached(source)
            self._values[source] = () if cached is None else cached.outputs
        outputs = self._values[source]
        return outputs[slot] if slot < len(outputs) else None

    def _cached(self, graph_node_id: str) -> CachedResult | None:
        return self._station.cache.get(self._signatures.get(graph_node_id))

    def _is_output(self, graph_node_id: str) -> bool:
        class_type = self._job.graph[graph_node_id]["class_type"]
        return bool(self._station.setup.catalogue.classes[class_type]["output_node"])

    def _freshness(self, _graph_node_id: str, graph_node: dict[str, Any]) -> object:
        """What a result depends on besides its inputs. It is kept in the graph; one that was submitted there is used as
        it is."""
        if "is_changed" in graph_node:
            return graph_node["is_changed"]
        match graph_node["class_type"]:
            case "LoadImage" | "LoadImageMask":
                graph_node["is_changed"] = [self._digest(graph_node["inputs"])]
            case "SaveImageWebsocket":
                graph_node["is_changed"] = [time.time()]
            case _:
                return None
        return graph_node["is_changed"]

    def _digest(self, inputs: Inputs) -> str:
        try:
            return self._station.files.digest(str(inputs["image"]))
        except OSError as error:
            raise Uncacheable from error

    def _send_executed(self, graph_node_id: str, output: Mapping[str, Any] | None) -> None:
        if self._job.client_id is not None:
            ids = {"node": graph_node_id, "display_node": graph_node_id}
            data = {**ids, "output": output, "prompt_id": self._job.prompt_id}
            self._station.hub.send("executed", data, self._job.client_id)

    def _where(self, graph_node_id: str) -> dict[str, Any]:
        return {
            "prompt_id": self._job.prompt_id,
            "node_id": graph_node_id,
            "node_type": self._job.graph[graph_node_id]["class_type"],
            "executed": list(self._executed),
        }

    def _why(self, graph_node_id: str, failure: GraphNodeFailure) -> dict[str, Any]:
        return {
            "exception_message": f"{failure}\n",
            "exception_type": failure.exception_type,
            "traceback": [f'  File "<simulator>", in {self._job.graph[graph_node_id]["class_type"]}\n'],
            "current_inputs": {name: [_printed(value)] for name, value in self._resolved(graph_node_id).items()},
            "current_outputs": list(self._job.graph),
        }

    def _announce(self, event: str, data: Mapping[str, Any], *, to_all: bool = False) -> None:
        """Keep the event for history and send it: to the submitter or, without one, to all clients if ``to_all``."""
        data = {**data, "timestamp": milliseconds()}
        self._messages.append([event, data])
        if self._job.client_id is not None or to_all:
            self._station.hub.send(event, data, self._job.client_id)


def _described(graph_node_id: str, done: Done) -> Mapping[str, Any] | None:
    if done.ui is None:
        return None
    ids = {"node_id": graph_node_id, "display_node": graph_node_id, "parent_node": None, "real_node_id": graph_node_id}
    return {"output": done.ui, "meta": ids}


def _printed(value: object) -> object:
    """Constants as they are, everything else as text."""
    return value if isinstance(value, str | int | float) or value is None else str(value)[:_LONGEST_PRINTED]
