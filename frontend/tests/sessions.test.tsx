import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { SessionSummary } from "@/api/types";
import { SessionsPage } from "@/features/sessions/SessionsPage";
import { useSessionStore } from "@/stores/sessionStore";

const HOSTILE = "<img src=x onerror=alert(1)>";

let sessions: SessionSummary[];
let deleted: SessionSummary[];
let calls: string[];
let down: boolean;

async function answer(path: string, { method }: { method: string }): Promise<Response> {
  calls.push(`${method} ${path}`);
  if (down) throw new TypeError("failed to fetch");
  const url = new URL(path, "http://hub");
  if (method === "DELETE") {
    deleted = sessions.filter((each) => path.endsWith(each.id));
    sessions = sessions.filter((each) => !path.endsWith(each.id));
    return new Response(null, { status: 204 });
  }
  if (path.endsWith("/restore")) {
    sessions = [...deleted, ...sessions];
    deleted = [];
    return Response.json({});
  }
  if (url.searchParams.get("deleted")) return Response.json({ sessions: deleted });
  if (url.pathname === "/api/sessions") {
    const offset = Number(url.searchParams.get("offset"));
    return Response.json({ sessions: sessions.slice(offset, offset + 50), limit: 50, offset });
  }
  const id = url.searchParams.get("session_id");
  const pictures = [0, 1, 2, 3].map((each) => ({ id: `${id}-${each}`, prompt: `of ${id}`, thumbnail_url: "/thumb" }));
  return Response.json({ generations: pictures, total: 4, limit: 4, offset: 0 });
}

function session(index: number): SessionSummary {
  return {
    id: `s${index}`,
    flow_type: "draft_grid",
    current_stage: index % 4,
    config: {},
    title: `a fox, number ${index}`,
    version: 1,
    created_at: "2026-03-01T10:00:00Z",
    updated_at: "2026-03-01T11:00:00Z",
    generation_count: 20,
    completed_count: index % 2 ? 12 : 0,
  };
}

beforeEach(() => {
  sessions = [session(0), session(1), session(2)];
  deleted = [];
  calls = [];
  down = false;
  vi.stubGlobal("fetch", answer);
});
afterEach(() => vi.unstubAllGlobals());

it("names the flow of a session, and of a funnel its stage", async () => {
  sessions = [{ ...session(0), flow_type: "explorer" }, session(1)];
  render(<SessionsPage />);
  expect(await screen.findByText(/^Explorer · 0 of 20 pictures/)).toBeVisible();
  expect(screen.getByText(/^Refined · 12 of 20 pictures/)).toBeVisible();
});

it("lists each session with its stage, its pictures and the way back into it", async () => {
  render(<SessionsPage />);
  const item = (await screen.findByText("a fox, number 1")).closest("li") as HTMLElement;
  expect(item).toHaveTextContent("Refined · 12 of 20 pictures");
  expect(within(item).getByRole("link", { name: "Resume a fox, number 1" })).toHaveAttribute("href", "#/session/s1");
  expect(await within(item).findAllByRole("img", { name: "of s1" })).toHaveLength(4);
  expect(calls.filter((each) => each.includes("session_id="))).toHaveLength(1); // the others have no picture
});

it("shows hostile and missing prompts as text", async () => {
  sessions = [
    { ...session(0), title: HOSTILE },
    { ...session(2), title: "" },
    { ...session(1), title: "" },
  ];
  render(<SessionsPage />);
  await screen.findByText(HOSTILE);
  await screen.findByRole("heading", { name: "of s1" });
  screen.getByText(/^Session of .*2026/);
  expect(document.querySelector("img[src=x]")).toBeNull();
});

it("shows more", async () => {
  sessions = Array.from({ length: 70 }, (_, index) => session(index * 2));
  render(<SessionsPage />);
  await waitFor(() => expect(screen.getAllByText("Resume")).toHaveLength(50));
  await userEvent.click(screen.getByText("Show more"));
  await waitFor(() => expect(screen.getAllByText("Resume")).toHaveLength(70));
  expect(screen.queryByText("Show more")).toBeNull();
});

it("deletes only after a confirmation, and closes the session that was open", async () => {
  useSessionStore.getState().open("s1");
  render(<SessionsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Delete a fox, number 1" }));
  await userEvent.click(screen.getByRole("button", { name: "Keep it" }));
  expect(calls.some((each) => each.startsWith("DELETE"))).toBe(false);

  await userEvent.click(screen.getByRole("button", { name: "Delete a fox, number 1" }));
  expect(screen.getByRole("dialog")).toHaveTextContent(
    "12 pictures of it will be deleted, starred ones and those on boards too. It can be brought back for a day",
  );
  await userEvent.click(screen.getByRole("button", { name: "Delete session" }));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Resume a fox, number 1" })).toBeNull());
  expect(calls).toContain("DELETE /api/sessions/s1");
  expect(useSessionStore.getState().sessionId).toBeNull();
});

it("brings a deleted session back long after its undo is gone", async () => {
  render(<SessionsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Delete a fox, number 1" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete session" }));
  await userEvent.click(await screen.findByText("1 deleted session"));
  await userEvent.click(screen.getByRole("button", { name: "Bring back a fox, number 1" }));
  await screen.findByRole("link", { name: "Resume a fox, number 1" });
  expect(calls).toContain("POST /api/sessions/s1/restore");
  await waitFor(() => expect(screen.queryByText("1 deleted session")).toBeNull());
});

it("says why a session could not be deleted", async () => {
  render(<SessionsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Delete a fox, number 0" }));
  down = true;
  await userEvent.click(screen.getByRole("button", { name: "Delete session" }));
  await screen.findByText(/The hub does not answer/);
  expect(screen.getByRole("dialog")).toBeInTheDocument();
});

it("leads to the studio while there is nothing", async () => {
  sessions = [];
  render(<SessionsPage />);
  await screen.findByText("No sessions yet");
  expect(screen.getByRole("link", { name: "studio" })).toHaveAttribute("href", "#/");
});

it("says that the hub is down, and tries again", async () => {
  down = true;
  render(<SessionsPage />);
  await screen.findByText(/The hub does not answer/);
  down = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("a fox, number 0");
});
