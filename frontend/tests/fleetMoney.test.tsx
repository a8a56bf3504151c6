/** What the fleet page says of nodes that are no cards of one's own, and of money. */
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Costs, Gpu, MaybePaid, Rental } from "@/api/types";
import { CostTable } from "@/features/fleet/CostTable";
import { factsOf, hasVram } from "@/features/fleet/facts";
import { MaybePaidAttempts } from "@/features/fleet/MaybePaidAttempts";
import { NodeCard } from "@/features/fleet/NodeCard";
import { Rentals } from "@/features/fleet/Rentals";
import { POLL_MS, useGpuStore } from "@/stores/gpuStore";

import { makeCost, makeGeneration, makeGpu, MOMENT } from "./factories";

const FAL: Gpu = makeGpu({
  ...{ id: "fal", name: "fal", kind: "fal-lightning", url: "", vram_gb: 1, vram_total_gb: 0, vram_free_gb: 0 },
  ...{ use: "overflow", slots: 4, balance_usd: 3.5, simulated: false },
  cost: makeCost({ daily_limit_usd: 5, spent_today_usd: 0.12, spent_this_month_usd: 1 }),
  models: [{ name: "lightning", families: ["sdxl"], operations: ["img2img"], price_usd: 0.02 }],
});

const RENTAL: Rental = {
  ...{ id: "r1", gpu_id: "fal", provider: "vast", label: "vibes-1", contract: "77", machine: "RTX 4090" },
  ...{ state: "ready", reason: "", per_hour_usd: 0.4, cost_usd: 0.1234, since: MOMENT, ended_at: null },
};

const ATTEMPT: MaybePaid = {
  ...{ attempt_id: "a1", generation_id: "g1", batch_id: "b1", session_id: "s1", gpu_id: "fal" },
  ...{ prompt: "fog", message: "fal did not say that it has it", amount_usd: 0.02, created_at: MOMENT },
};

const SUM = { spent_usd: 0.1, committed_usd: 0, unclear_usd: 0.02, machine_usd: 0, all_usd: 0.12, pictures: 6 };
const COSTS: Costs = {
  ...{ from_day: "2026-11-01", to_day: "2026-11-30", total: SUM, today: SUM, maybe_paid: 1, days: [], months: [] },
  this_month: { ...SUM, spent_usd: 1, machine_usd: 0.3, all_usd: 1.32, pictures: 50 },
  gpus: [{ ...SUM, gpu_id: "fal" }],
  sessions: [{ ...SUM, session_id: "5e551000-0000-4000-8000-000000000009", pictures: 1 }],
};

const user = userEvent.setup({ delay: null });
const calls: { call: string; body: string | undefined }[] = [];
let answers: Record<string, unknown>;

beforeEach(() => {
  calls.length = 0;
  answers = {};
  vi.stubGlobal("fetch", async (path: string, { method, body }: { method: string; body?: string }) => {
    calls.push({ call: `${method} ${path}`, body });
    const answer = answers[`${method} ${path}`];
    return answer ? Response.json(answer) : Response.json({ code: "conflict", detail: "not now" }, { status: 409 });
  });
  useGpuStore.setState({ gpus: [FAL], reachable: true });
});
afterEach(() => {
  vi.unstubAllGlobals();
  useGpuStore.setState({ gpus: [], reachable: null });
});

const asked = (call: string) => calls.filter((each) => each.call === call);

describe("a node that is no card of one's own", () => {
  test("tells its kind, models, price, slots, balance, budget and use, and has no memory to show", () => {
    render(<NodeCard gpu={FAL} share={null} />);
    const card = screen.getByRole("article", { name: "fal" });
    expect(within(card).getByText("fal-lightning")).toBeVisible();
    expect(factsOf(FAL)).toEqual([
      ["Draws with", "lightning (sdxl, $0.02)"],
      ["Price", "$0.02 a picture"],
      ["Used", "when the others would be late"],
      ["At once", "4 pictures"],
      ["Balance", "$3.50 left"],
      ["Today", "$0.12 of $5.00 spent"],
      ["This month", "$1.00 spent"],
    ]);
    for (const [, words] of factsOf(FAL)) expect(card).toHaveTextContent(words);
    expect(within(card).queryByRole("meter")).toBeNull();
    expect(within(card).queryByRole("button", { name: /VRAM/ })).toBeNull();
  });

  test("is not told to start its ComfyUI when it is silent", () => {
    render(<NodeCard gpu={{ ...FAL, state: "offline", healthy: false }} share={null} />);
    expect(screen.getByText(/^does not answer ·/)).toBeVisible();
  });

  test("has memory as soon as it says so, a machine with an address at once", () => {
    expect(hasVram({ url: "", vram_gb: 8, vram_total_gb: null })).toBe(false);
    expect(hasVram({ url: "", vram_gb: 8, vram_total_gb: 24 })).toBe(true);
    expect(hasVram({ url: "http://10.0.0.1:8188", vram_gb: 8, vram_total_gb: null })).toBe(true);
  });

  test("that is one's own and free has nothing to add", () => expect(factsOf(makeGpu())).toEqual([]));
});

describe("a rented machine", () => {
  test("tells what it costs, and is ended only after a question", async () => {
    answers["GET /api/rentals"] = { rentals: [RENTAL], problems: ["Vast.ai does not answer"] };
    render(<Rentals />);
    const row = (await screen.findByText("RTX 4090")).closest("li");
    expect(row).toHaveTextContent("$0.1234 so far, $0.40 an hour");
    expect(screen.getByRole("alert")).toHaveTextContent("Vast.ai does not answer");
    await user.click(screen.getByRole("button", { name: "End RTX 4090 for fal" }));
    await user.click(await screen.findByRole("button", { name: "Leave it" }));
    expect(asked("DELETE /api/rentals/r1")).toHaveLength(0);
    answers["DELETE /api/rentals/r1"] = { ...RENTAL, state: "ending" };
    answers["GET /api/rentals"] = { rentals: [{ ...RENTAL, state: "ending" }], problems: [] };
    await user.click(screen.getByRole("button", { name: "End RTX 4090 for fal" }));
    await user.click(await screen.findByRole("button", { name: "End it" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "End RTX 4090 for fal" })).toBeDisabled());
    expect(asked("DELETE /api/rentals/r1")).toHaveLength(1);
  });

  test("is not taken for a broken one before it is rented", () => {
    const reason = "nothing is rented: it rents when pictures wait that may cost money";
    const idle: Gpu = { ...FAL, ...{ state: "offline", healthy: false, reason, reason_code: "not_rented" } };
    render(<NodeCard gpu={{ ...idle, last_error: reason }} share={null} />);
    expect(screen.getByText("not rented")).toHaveClass("text-soft");
    expect(screen.queryByText("offline")).toBeNull();
    expect(screen.queryByText("Last error:")).toBeNull();
  });

  test("is not spoken of where nothing was rented", async () => {
    answers["GET /api/rentals"] = { rentals: [], problems: [] };
    const { container } = render(<Rentals />);
    await waitFor(() => expect(asked("GET /api/rentals")).toHaveLength(1));
    expect(container).toBeEmptyDOMElement();
  });
});

describe("asking for money", () => {
  const seen = (state: DocumentVisibilityState) => {
    vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const turns = async (many: number) => {
    for (let turn = 0; turn < many; turn += 1) await act(() => vi.advanceTimersByTimeAsync(POLL_MS));
  };

  beforeEach(() => {
    vi.useFakeTimers();
    answers["GET /api/rentals"] = { rentals: [], problems: [] };
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test("goes on while a node costs something and the page is seen", async () => {
    render(<Rentals />);
    await turns(3);
    const before = asked("GET /api/rentals").length;
    expect(before).toBeGreaterThan(2);
    seen("hidden");
    await turns(5);
    expect(asked("GET /api/rentals").length).toBeLessThanOrEqual(before + 1);
    seen("visible");
    await turns(2);
    expect(asked("GET /api/rentals").length).toBeGreaterThan(before + 1);
  });

  test("happens once where nothing costs anything, unless a machine is still rented", async () => {
    useGpuStore.setState({ gpus: [makeGpu()] });
    const { unmount } = render(<Rentals />);
    await turns(3);
    expect(asked("GET /api/rentals")).toHaveLength(1);
    unmount();
    answers["GET /api/rentals"] = { rentals: [RENTAL], problems: [] };
    render(<Rentals />);
    await turns(3);
    expect(asked("GET /api/rentals").length).toBeGreaterThan(3);
  });
});

describe("costs", () => {
  test("are told by day, month, node and session, with what is unclear, and machines apart", async () => {
    answers["GET /api/costs"] = COSTS;
    render(<CostTable />);
    const row = async (name: string) => (await screen.findByRole("rowheader", { name })).closest("tr");
    expect(await row("Today (UTC)")).toHaveTextContent(
      "Today (UTC)6 pictures $0.10 · unclear, counted as charged $0.02$0.12",
    );
    expect(await row("This month")).toHaveTextContent(
      "50 pictures $1.00 · unclear, counted as charged $0.02 · machines starting and idling $0.30$1.32",
    );
    expect(await row("This month on fal")).toHaveTextContent("$0.10");
    expect(await row("Session 5e551000")).toHaveTextContent("1 picture");
    expect(screen.getByRole("link", { name: "Session 5e551000" })).toHaveAttribute(
      "href",
      `#/session/${COSTS.sessions[0]?.session_id}`,
    );
  });

  test("are no subject where nothing ever cost anything", async () => {
    useGpuStore.setState({ gpus: [makeGpu()] });
    answers["GET /api/costs"] = { ...COSTS, gpus: [], sessions: [] };
    const { container } = render(<CostTable />);
    await waitFor(() => expect(asked("GET /api/costs")).toHaveLength(1));
    expect(container).toBeEmptyDOMElement();
  });
});

describe("what may have been paid for", () => {
  const settle = "POST /api/costs/maybe-paid/a1";
  const answer = { attempt_id: "a1", finding: "unclear", message: "fal does not know", generation: makeGeneration() };

  beforeEach(() => {
    answers["GET /api/costs/maybe-paid"] = { attempts: [ATTEMPT] };
    answers[settle] = answer;
  });

  test("is found out about or given up with one press", async () => {
    render(<MaybePaidAttempts />);
    expect((await screen.findByText("fog")).closest("li")).toHaveTextContent("$0.02 on fal");
    await user.click(screen.getByRole("button", { name: "Find out" }));
    await waitFor(() => expect(asked(settle)).toHaveLength(1));
    await waitFor(() => expect(screen.getByRole("button", { name: "Give up" })).toBeEnabled());
    answers["GET /api/costs/maybe-paid"] = { attempts: [] };
    await user.click(screen.getByRole("button", { name: "Give up" }));
    await waitFor(() => expect(screen.queryByText("fog")).toBeNull());
    expect(asked(settle).map(({ body }) => body)).toEqual(['{"action":"find_out"}', '{"action":"give_up"}']);
  });

  test("is paid for again only after a question that names the price", async () => {
    render(<MaybePaidAttempts />);
    await user.click(await screen.findByRole("button", { name: "Pay again…" }));
    const question = await screen.findByRole("dialog", { name: "Pay again?" });
    expect(question).toHaveTextContent("may cost $0.02 again");
    await user.keyboard("{Escape}");
    expect(asked(settle)).toHaveLength(0);
    await user.click(screen.getByRole("button", { name: "Pay again…" }));
    await user.click(await screen.findByRole("button", { name: "Pay again" }));
    await waitFor(() => expect(asked(settle).map(({ body }) => body)).toEqual(['{"action":"pay_again"}']));
  });
});
