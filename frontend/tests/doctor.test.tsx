import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { DoctorFinding, DoctorReport, FoundMachine } from "@/api/types";
import { DoctorPage } from "@/features/doctor/DoctorPage";
import { asText } from "@/features/doctor/findings";
import { capitalised } from "@/lib/text";
import { FindMachines } from "@/features/fleet/finding/FindMachines";
import { routeOf } from "@/lib/route";

import type { FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser } from "./studio";

const user = userEvent.setup();
let hub: FakeHub;

beforeEach(() => {
  hub = openBrowser();
});

afterEach(closeBrowser);

const finding = (state: DoctorFinding["state"], code: string, sentence: string, subject = ""): DoctorFinding => ({
  area: "nodes",
  code,
  state,
  subject,
  sentence,
});

const REPORT: DoctorReport = {
  state: "wrong",
  checked_at: "2026-12-01T12:00:00Z",
  took_seconds: 0.4,
  version: "0.1.0",
  source: "hub",
  findings: [
    finding("wrong", "node_refused", "nothing listens at 10.0.0.5:8188: start ComfyUI there.", "attic"),
    finding("warn", "disk_nearly_full", "2 GB are left: make room."),
    finding("ok", "database_well", "SQLite 3.50: whole."),
  ],
};

describe("the doctor's page", () => {
  test("shows the worst first, each with what to do, and looks again when it is asked", async () => {
    hub.give("GET /api/doctor", REPORT);
    render(<DoctorPage />);
    expect(screen.getByRole("button", { name: "Looking …" })).toBeDisabled();
    const headings = await screen.findAllByRole("heading", { level: 2 });
    expect(headings.map((each) => each.textContent?.split(" ")[0])).toEqual(["Wrong", "Could", "Right"]);
    const wrong = within(screen.getByRole("region", { name: /^Wrong/ }));
    expect(wrong.getByRole("listitem")).toHaveTextContent("attic: nothing listens at 10.0.0.5:8188");
    expect(screen.getByRole("status")).toHaveTextContent(/^1 wrong, 1 could be better, of 3 findings/);
    hub.give("GET /api/doctor", { ...REPORT, state: "ok", findings: REPORT.findings.slice(2) });
    await user.click(screen.getByRole("button", { name: "Look again" }));
    await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent(/^All is right, of 1 finding/));
    expect(screen.queryByRole("region", { name: /^Wrong/ })).toBeNull();
  });

  test("keeps the last report when the hub cannot look", async () => {
    hub.give("GET /api/doctor", REPORT);
    render(<DoctorPage />);
    await screen.findByText(/whole/);
    hub.refuse("GET /api/doctor", { status: 503, code: "busy", detail: "The hub is starting." });
    await user.click(screen.getByRole("button", { name: "Look again" }));
    expect(await screen.findByText("The hub is starting.")).toBeVisible();
    expect(screen.getByText(/whole/)).toBeVisible();
  });

  test("is a page of its own, and its findings can be sent to somebody as text", () => {
    expect(routeOf("#/doctor")).toEqual({ page: "doctor" });
    expect(asText(REPORT).split("\n")[1]).toBe(
      "wrong node_refused: attic: nothing listens at 10.0.0.5:8188: start ComfyUI there.",
    );
    expect([capitalised("the hub runs."), capitalised("gpus.yaml lists 2.")]).toEqual([
      "The hub runs.",
      "gpus.yaml lists 2.",
    ]);
  });
});

const machine = (fields: Partial<FoundMachine>): FoundMachine => ({
  ...{ host: "10.0.0.5", port: 8188, version: "0.33.0", device: "cuda:0", simulated: false, known_as: null },
  ...{ id: "rtx-3060", name: "RTX 3060", vram_gb: 12, tier: "standard", tier_why: "by the name of its card" },
  ...{ capabilities: ["sd15", "sdxl"], max_resolution: 1024, max_batch: 2 },
  ...fields,
});

describe("finding machines", () => {
  const PROPOSAL = { ranges: ["10.0.0.0/24"], ports: [8188, 8189], file: "config/gpus.yaml", in_container: false };
  const SEARCH = "POST /api/discovery/search";
  const ADD = "POST /api/discovery/add";

  test("asks nothing before it is told to, and adds what is ticked", async () => {
    hub.give("GET /api/discovery", PROPOSAL);
    hub.give(SEARCH, {
      found: [
        machine({}),
        machine({ host: "10.0.0.6", name: "RTX 4090" }),
        machine({ host: "10.0.0.7", known_as: "a" }),
      ],
      asked: 508,
      of: 508,
    });
    hub.give(ADD, { added: ["rtx-3060"] });
    render(<FindMachines />);
    await user.click(screen.getByRole("button", { name: "Find machines" }));
    const ask = await screen.findByRole("button", { name: "Ask 10.0.0.0/24" });
    expect(hub.bodies(SEARCH)).toEqual([]);
    await user.click(ask);
    expect(await screen.findByText("3 ComfyUIs answered.")).toBeVisible();
    expect(hub.bodies(SEARCH)).toEqual([{ ranges: ["10.0.0.0/24"], ports: [8188, 8189] }]);
    expect(screen.getByRole("checkbox", { name: /10.0.0.7/ })).toBeDisabled();
    await user.click(screen.getByRole("checkbox", { name: /RTX 4090/ }));
    await user.click(screen.getByRole("button", { name: "Add 1 machine" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(hub.bodies(ADD)).toEqual([{ machines: [{ host: "10.0.0.5", port: 8188 }] }]);
  });

  test("takes other networks and ports, says what was refused, and that nothing is there", async () => {
    hub.give("GET /api/discovery", { ...PROPOSAL, ranges: [], in_container: true });
    render(<FindMachines />);
    await user.click(screen.getByRole("button", { name: "Find machines" }));
    expect(await screen.findByText(/runs in a container/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Ask …" })).toBeDisabled();
    await user.type(screen.getByLabelText("Networks"), "8.8.8.0/24");
    await user.clear(screen.getByLabelText("Ports"));
    await user.type(screen.getByLabelText("Ports"), "8000");
    hub.give(SEARCH, { found: [], asked: 250, of: 254 });
    await user.click(screen.getByRole("button", { name: "Ask 8.8.8.0/24" }));
    expect(await screen.findByText(/No ComfyUI answered at 250 places.*time was up after 250 of 254/)).toBeVisible();
    hub.refuse(SEARCH, { status: 422, code: "bad_range", detail: "8.8.8.0/24 is no private network" });
    await user.click(screen.getByRole("button", { name: "Ask 8.8.8.0/24" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("no private network");
  });
});
