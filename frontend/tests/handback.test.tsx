import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";

import { FleetPage } from "@/features/fleet/FleetPage";
import { drainOf, whose } from "@/features/fleet/owner/handback";
import { statusOf } from "@/features/fleet/status";
import { hrefOf, routeOf } from "@/lib/route";
import { useGpuStore } from "@/stores/gpuStore";

import { makeGpu } from "./factories";

const NOW = new Date(2026, 11, 7, 19, 30);
const at = (hours: number, day = 7) => new Date(2026, 11, day, hours).toISOString();
const RUNNING = [{ generation_id: "g1", session_id: "s", prompt: "a cat" }];

afterEach(() => vi.unstubAllGlobals());

describe("a machine that is given back", () => {
  test("is so until it is lent again, for an hour, or until the morning after on one's own clock", () => {
    expect(drainOf("resumed", "finish", NOW)).toEqual({ until: null, running: "finish", free: true });
    expect(drainOf("hour", "now", NOW).until).toBe(new Date(2026, 11, 7, 20, 30).toISOString());
    expect(drainOf("morning", "now", NOW).until).toBe(at(8, 8));
    expect(drainOf("morning", "now", new Date(2026, 11, 31, 2)).until).toBe(new Date(2027, 0, 1, 8).toISOString());
  });

  test("says whose it is, and until when", () => {
    const gpu = makeGpu();
    expect(whose(gpu, NOW)).toBe("It is lent: it draws whatever is asked for.");
    expect(whose({ ...gpu, owned_from: at(23) }, NOW)).toMatch(/^It is lent. By its hours it is yours from .*11/);
    const back = { ...gpu, state: "draining" as const };
    expect(whose(back, NOW)).toBe("It is yours until you lend it again.");
    expect(whose({ ...back, lent_from: at(23), running: RUNNING }, NOW)).toMatch(
      / until .*11.*, once what it draws is/,
    );
    expect(whose({ ...back, lent_from: at(8, 9) }, NOW)).toMatch(/2026/);
    expect(statusOf({ ...back, reason_code: "owner_hours" }).word).toBe("its owner’s");
    expect(statusOf({ ...back, reason_code: "drained" }).word).toBe("given back");
    expect(statusOf({ ...back, reason_code: "removed" }).word).toBe("draining");
  });

  test("has a page of its own, whatever its name", () => {
    const route = { page: "fleet", nodeId: "my / attic" } as const;
    expect(routeOf(hrefOf(route))).toEqual(route);
    expect(hrefOf({ page: "fleet", nodeId: null })).toBe("#/fleet");
    expect(routeOf("#/fleet")).toEqual({ page: "fleet" });
  });

  test("is the person's by two taps on its page, after its picture or now, and lent again by one", async () => {
    const sent: [string, unknown][] = [];
    vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
      if (init.method === "POST") sent.push([path, JSON.parse(String(init.body))]);
      return Response.json({ gpus: useGpuStore.getState().gpus, config_problems: [], hub_problems: [] });
    });
    const gpu = makeGpu({ id: "attic", name: "Attic", running: RUNNING, owner_hours: ["Sat-Sun"], timezone: "UTC" });
    useGpuStore.setState({ gpus: [gpu], reachable: true });
    render(<FleetPage nodeId="attic" />);
    expect(screen.getByRole("region", { name: "Hours" })).toHaveTextContent("Yours every week (UTC)Sat-Sun");
    await userEvent.click(screen.getByRole("button", { name: "Give it back to me" }));
    await userEvent.click(screen.getByRole("button", { name: "After this picture" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toEqual(["/api/gpus/attic/drain", { until: null, running: "finish", free: true }]);

    await userEvent.click(await screen.findByRole("button", { name: "Give it back to me" }));
    await userEvent.click(screen.getByRole("radio", { name: "for an hour" }));
    await userEvent.click(screen.getByRole("button", { name: "Now" }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toEqual(["/api/gpus/attic/drain", { until: expect.any(String), running: "now", free: true }]);

    useGpuStore.setState({ gpus: [{ ...gpu, state: "draining" }] });
    await userEvent.click(await screen.findByRole("button", { name: "Lend it again" }));
    await waitFor(() => expect(sent[2]).toEqual(["/api/gpus/attic/resume", {}]));
  });

  test("one that is not there is said to be so", () => {
    useGpuStore.setState({ gpus: [], reachable: true });
    render(<FleetPage nodeId="cellar" />);
    expect(screen.getByText("There is no machine cellar")).toBeVisible();
    expect(screen.getByRole("link", { name: "See all machines" })).toHaveAttribute("href", "#/fleet");
  });
});
