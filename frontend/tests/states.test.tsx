import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ConnectionBanner } from "@/features/live/ConnectionBanner";
import { KeyDialog } from "@/features/access/KeyDialog";
import { useGpuStore } from "@/stores/gpuStore";
import { useUiStore } from "@/stores/uiStore";

import { makeGpu } from "./factories";

const banner = () => screen.queryByRole("alert")?.textContent ?? "";

describe("what is wrong is said, with what to do about it", () => {
  beforeEach(() => {
    useGpuStore.setState({
      gpus: [makeGpu()],
      configProblems: [],
      storageProblem: null,
      hubProblems: [],
      reachable: true,
      keyNeeded: false,
    });
    useUiStore.setState({ connection: "live" });
  });

  it("says nothing while all is well", () => {
    render(<ConnectionBanner />);
    expect(banner()).toBe("");
  });

  it("a hub that does not answer", () => {
    useUiStore.setState({ connection: "lost" });
    render(<ConnectionBanner />);
    expect(banner()).toContain("The hub does not answer");
    expect(banner()).toContain("reconnects by itself");
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("a full disk: finished pictures wait", () => {
    useGpuStore.setState({ storageProblem: "the image could not be written: Free some space" });
    render(<ConnectionBanner />);
    expect(banner()).toBe(
      "Finished pictures wait, and none is lost: the image could not be written: Free some space What to do",
    );
    expect(screen.getByRole("link", { name: "What to do" })).toHaveAttribute("href", "#/doctor");
  });

  it("a fleet file that cannot be read, with its line", () => {
    useGpuStore.setState({ configProblems: [{ file: "gpus.yaml", line: 7, column: 3, message: "port is missing" }] });
    render(<ConnectionBanner />);
    expect(banner()).toContain("line 7: port is missing");
  });

  it("what is broken in the hub itself, while all else goes on", () => {
    useGpuStore.setState({ hubProblems: ["retention broke (OSError: …); it is begun again by itself"] });
    render(<ConnectionBanner />);
    expect(banner()).toContain("all else goes on: retention broke");
  });

  it("no node at all", () => {
    useGpuStore.setState({ gpus: [] });
    render(<ConnectionBanner />);
    expect(banner()).toContain("config/gpus.yaml");
  });

  it("nodes of which none takes work, each with its reason", () => {
    useGpuStore.setState({
      gpus: [makeGpu({ name: "RTX 3060", healthy: false, state: "offline", reason: "cannot connect" })],
    });
    render(<ConnectionBanner />);
    expect(banner()).toContain("RTX 3060 cannot connect");
    expect(banner()).toContain("Start ComfyUI there");
  });

  it("nobody is sent to a machine that is not rented yet", () => {
    const reason = "nothing is rented: it rents when pictures wait that may cost money";
    const idle = { url: "", healthy: false, state: "offline", reason, reason_code: "not_rented" } as const;
    useGpuStore.setState({ gpus: [makeGpu({ name: "A rented card", ...idle })] });
    render(<ConnectionBanner />);
    expect(banner()).toContain("A rented card nothing is rented");
    expect(banner()).not.toContain("Start ComfyUI");
  });

  it("a node that cannot be reached is named once", () => {
    const reason = "ComfyUI on RTX 3060 is not reachable";
    const away = makeGpu({ name: "RTX 3060", healthy: false, state: "offline", reason, reason_code: "unreachable" });
    useGpuStore.setState({ gpus: [away] });
    render(<ConnectionBanner />);
    expect(banner()).toContain("at present: ComfyUI on RTX 3060 is not reachable.");
  });
});

describe("a hub that asks for its key", () => {
  it("keeps the key, and says when the hub does not know it", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ ticket: "t", expires_in_seconds: 300 })));
    let right = false;
    render(<KeyDialog onDone={() => Promise.resolve(right)} />);
    expect(screen.getByRole("button", { name: "Enter" })).toBeDisabled();
    await userEvent.type(screen.getByLabelText("API key"), "not-this-one");
    await userEvent.click(screen.getByRole("button", { name: "Enter" }));
    expect(await screen.findByText("The hub does not know this key.")).toBeInTheDocument();
    right = true;
    await userEvent.type(screen.getByLabelText("API key"), "{Control>}a{/Control}the-right-one");
    await userEvent.click(screen.getByRole("button", { name: "Enter" }));
    await waitFor(() => expect(screen.queryByText("The hub does not know this key.")).toBeNull());
    expect(localStorage.getItem("vibes-api-key")).toContain("the-right-one");
    localStorage.clear();
  });
});
