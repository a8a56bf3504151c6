import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Gpu } from "@/api/types";
import { BatchTimeline } from "@/features/fleet/BatchTimeline";
import { FleetPage } from "@/features/fleet/FleetPage";
import { GPUStatusBar } from "@/features/fleet/GPUStatusBar";
import { ModelMatrix } from "@/features/fleet/ModelMatrix";
import { NodeCard } from "@/features/fleet/NodeCard";
import { drawnPerNode, newestBatch } from "@/features/fleet/share";
import { speedWords } from "@/features/fleet/speed";
import { axisOf, rowsOf, type Attempt } from "@/features/fleet/timeline";
import { useGpuStore } from "@/stores/gpuStore";

const GPU: Gpu = {
  id: "one",
  name: "RTX 3060",
  tier: "standard",
  vram_gb: 12,
  vram_total_gb: null,
  vram_free_gb: 9,
  healthy: true,
  state: "ready",
  state_since: "2026-01-02T10:00:00.000Z",
  reason: null,
  reason_code: null,
  current_queue_length: 0,
  capabilities: ["sd15"],
  max_resolution: 1024,
  max_batch: 2,
  last_response_ms: 5,
  last_error: null,
  unreadable_files: [],
  url: "http://127.0.0.1:1",
  version: "0.33.0",
  device_name: "cuda:0",
  kind: "comfyui",
  simulated: false,
  running: [],
  eta_seconds: 0,
  speeds: {},
  use: "always",
  cost: null,
  slots: 1,
  models: [],
  balance_usd: null,
  others_vram_gb: 0,
  lent_from: null,
  owned_from: null,
  owner_hours: [],
  timezone: null,
};

const TWO: Gpu = { ...GPU, id: "two", name: "RTX 4060" };

function attempt(fields: Partial<Attempt>): Attempt {
  return {
    attempt_id: "a",
    generation_id: "g",
    gpu_id: "one",
    state: "won",
    created_at: "2026-01-02T10:00:00.000Z",
    finished_at: "2026-01-02T10:00:04.000Z",
    error_message: null,
    ...fields,
  };
}

type Answers = Record<string, unknown>;
const calls: string[] = [];

/** Answers by method and path; what is not there is refused as the hub refuses. */
function stubHub(answers: Answers): void {
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const call = `${init.method} ${path}`;
    calls.push(call);
    if (call in answers) return Response.json(answers[call]);
    return Response.json({ code: "node_unavailable", detail: `${path} is not to be had` }, { status: 409 });
  });
}

function fleet(...gpus: Gpu[]): void {
  useGpuStore.setState({ gpus, configProblems: [], reachable: true, keyNeeded: false });
}

beforeEach(() => {
  calls.length = 0;
  stubHub({});
});
afterEach(() => vi.unstubAllGlobals());

describe("status bar", () => {
  test("names each node with its state or its queue, and says why", () => {
    fleet(
      { ...GPU, state: "busy", current_queue_length: 3 },
      { ...TWO, state: "offline", healthy: false, reason: "connection refused" },
      { ...GPU, id: "three", name: "RTX 5060", healthy: false, reason: "lost its last job" },
    );
    render(<GPUStatusBar />);
    expect(screen.getByRole("link", { name: /RTX 3060.*busy.*3 prompts in its queue/ })).toHaveAttribute(
      "href",
      "#/fleet",
    );
    expect(screen.getByRole("link", { name: /RTX 4060.*offline/ })).toHaveAttribute("title", "connection refused");
    expect(screen.getByRole("link", { name: /RTX 5060.*paused/ })).toBeVisible();
    expect(screen.queryByText("Simulated GPUs")).toBeNull();
  });

  test("labels a simulated fleet", () => {
    fleet({ ...GPU, simulated: true });
    render(<GPUStatusBar />);
    expect(screen.getByText("Simulated GPUs")).toBeVisible();
  });
});

describe("node card", () => {
  test("tells reason, memory, what it draws, speed, error and share; hostile text stays text", () => {
    const prompt = "<img src=x onerror=alert(1)>";
    const running = [
      { generation_id: "g1", session_id: "s", prompt },
      { generation_id: "g2", session_id: "s", prompt: "b" },
    ];
    const speeds = { sd15: { seconds_per_step_megapixel: 0.2, samples: 6 } };
    const message = "cannot read a.safetensors: header too large; next try in 30 s";
    const unreadable_files = [{ folder: "loras" as const, name: "a.safetensors", message }];
    const told = { reason: "too warm", last_error: "out of memory", unreadable_files };
    const gpu = { ...GPU, ...told, running, speeds, current_queue_length: 3 };
    const { container } = render(<NodeCard gpu={gpu} share={{ drawn: 4, total: 10 }} />);
    expect(screen.getByText(/too warm/)).toBeVisible();
    const { getByText, unmount } = render(<NodeCard gpu={{ ...GPU, others_vram_gb: 2.5 }} share={null} />);
    expect(getByText("9.0 of 12 GB free, another program holds 2.5")).toBeVisible();
    unmount();
    expect(screen.getByRole("meter")).toHaveAttribute("aria-valuetext", "9.0 of 12 GB free");
    expect(screen.getByText(prompt)).toBeVisible();
    expect(container.querySelectorAll("img")).toHaveLength(1);
    expect(container.querySelector("img")).toHaveAttribute("data-preview", "g1");
    expect(screen.getByText("SD 1.5 512² 20 steps ≈ 1.0 s")).toBeVisible();
    expect(screen.getByText("6 samples")).toBeVisible();
    expect(screen.getByText("out of memory", { exact: false })).toBeVisible();
    expect(screen.getByText(message, { exact: false })).toBeVisible();
    expect(screen.getByText("4 of 10")).toBeVisible();
    expect(screen.getByText("(1 not ours)", { exact: false })).toBeVisible();
  });

  test("is given back by the hub, in two taps, then asks for the fleet; and can be lent again", async () => {
    stubHub({
      "POST /api/gpus/one/drain": GPU,
      "GET /api/gpus": { gpus: [{ ...GPU, state: "draining" }], config_problems: [] },
    });
    const { rerender } = render(<NodeCard gpu={GPU} share={null} />);
    await userEvent.click(screen.getByRole("button", { name: "Give back RTX 3060" }));
    await userEvent.click(screen.getByRole("button", { name: "Now" }));
    await waitFor(() => expect(calls).toEqual(["POST /api/gpus/one/drain", "GET /api/gpus"]));
    rerender(<NodeCard gpu={{ ...GPU, state: "draining" }} share={null} />);
    expect(screen.getByRole("button", { name: "Lend again RTX 3060" })).toBeEnabled();
    expect(screen.getByRole("button", { name: "Free VRAM of RTX 3060" })).toBeEnabled();
  });

  test("counts what each node has drawn of the newest batch", () => {
    const at = (id: string, batch_id: string, gpu_id: string, created_at: string, status = "complete") =>
      ({ id, batch_id, gpu_id, created_at, status }) as never;
    const batch = newestBatch({
      a: at("a", "old", "one", "2026-01-01"),
      b: at("b", "new", "one", "2026-01-02"),
      c: at("c", "new", "two", "2026-01-02"),
      d: at("d", "new", "two", "2026-01-02", "generating"),
    });
    expect(batch).toHaveLength(3);
    expect([...drawnPerNode(batch)]).toEqual([
      ["one", 1],
      ["two", 1],
    ]);
  });

  test("a family without a usual picture keeps its own name", () => {
    expect(speedWords("any", 0.5)).toBe("Upscaling to 2048² ≈ 2.1 s");
    expect(speedWords("toString", 1)).toMatch(/^toString 1024² 20 steps/);
  });
});

describe("fleet page", () => {
  test("an empty fleet and a bad gpus.yaml say what to do", () => {
    const problem = { file: "gpus.yaml", line: 3, column: 5, message: "port must be a number" };
    useGpuStore.setState({ gpus: [], configProblems: [problem], reachable: true });
    render(<FleetPage />);
    expect(screen.getByText("No GPU in the fleet yet")).toBeVisible();
    expect(within(screen.getByRole("alert")).getByText("gpus.yaml:3:5")).toBeVisible();
    expect(screen.getByText(/port must be a number/)).toBeVisible();
  });
});

describe("model matrix", () => {
  test("marks a missing file, filters, and names the nodes that could not be asked", async () => {
    fleet(GPU, TWO, {
      ...GPU,
      id: "three",
      name: "Cellar",
      state: "offline",
      healthy: false,
      reason: "no route to host",
    });
    stubHub({
      "GET /api/gpus/one/models": {
        id: "one",
        models: { checkpoints: ["base.safetensors"], loras: ["ink.safetensors"] },
      },
      "GET /api/gpus/two/models": { id: "two", models: { checkpoints: ["base.safetensors"], vae: ["ae.safetensors"] } },
    });
    render(<ModelMatrix />);
    const ink = await screen.findByRole("row", { name: /ink/ });
    expect(
      within(ink)
        .getAllByRole("cell")
        .map((cell) => cell.textContent),
    ).toEqual(["✓there", "missing"]);
    expect(screen.queryByText("ae")).toBeNull();
    expect(screen.getByText("Cellar could not be asked.")).toBeVisible();
    expect(screen.getByText("no route to host")).toBeVisible();
    expect(calls).not.toContain("GET /api/gpus/three/models");

    await userEvent.click(screen.getByRole("checkbox", { name: "Only what some node lacks" }));
    expect(screen.queryByRole("row", { name: /base/ })).toBeNull();
    await userEvent.type(screen.getByRole("searchbox"), "zzz");
    expect(await screen.findByText("No file fits that.")).toBeVisible();
  });

  test("a node that refuses is named with the hub's words, and is no column", async () => {
    fleet(GPU, TWO);
    stubHub({ "GET /api/gpus/one/models": { id: "one", models: { checkpoints: ["base.safetensors"] } } });
    render(<ModelMatrix />);
    expect(await screen.findByText("RTX 4060 could not be asked.")).toBeVisible();
    expect(screen.queryByRole("columnheader", { name: "RTX 4060" })).toBeNull();
  });
});

describe("batch timeline", () => {
  const batch = {
    batch_id: "b",
    status: "complete",
    completed: 2,
    total: 2,
    lower_bound_seconds: 4,
    achieved_ratio: 1.25,
    generations: [],
  };

  test("shows a lost attempt with its seconds and error, and how near to the best possible", async () => {
    fleet(GPU, TWO);
    const lost = attempt({ attempt_id: "l", gpu_id: "two", state: "lost", error_message: "the node went away" });
    stubHub({
      "GET /api/batches/b": batch,
      "GET /api/batches/b/timeline": { batch_id: "b", attempts: [attempt({}), lost] },
    });
    const { container } = render(<BatchTimeline batchId="b" />);
    const row = await screen.findByRole("row", { name: /RTX 4060.*lost/ });
    expect(row).toHaveTextContent("4.0 s");
    expect(container.querySelector("[data-outcome=lost]")).toHaveAttribute("title", "lost, 4.0 s: the node went away");
    expect(screen.getByRole("row", { name: /RTX 3060.*delivered/ })).toBeInTheDocument();
    expect(container.querySelector("[data-outcome=won]")).toHaveAttribute("title", "delivered, 4.0 s");
    expect(screen.getByText(/slower than the best that these cards can do/)).toBeVisible();
    expect(screen.getAllByText(/the node went away/)).toHaveLength(2);
  });

  test("what overlaps on a node lies in lanes; what is open reaches to now", () => {
    const second = attempt({
      attempt_id: "b",
      created_at: "2026-01-02T10:00:02.000Z",
      state: "running",
      finished_at: null,
    });
    const third = attempt({
      attempt_id: "c",
      created_at: "2026-01-02T10:00:05.000Z",
      finished_at: "2026-01-02T10:00:06.000Z",
    });
    const { rows, axis } = rowsOf([attempt({}), second, third], ["two", "one"], Date.parse("2026-01-02T10:00:09.000Z"));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.bars.map((bar) => [bar.lane, bar.to])).toEqual([
      [0, 4],
      [1, 9],
      [0, 6],
    ]);
    expect(axis.ticks).toEqual([0, 2, 4, 6, 8]);
    expect(axisOf(0.5).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  });
});
