import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { toast, Toaster } from "sonner";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Board, Generation, Retention } from "@/api/types";
import { GalleryPage } from "@/features/gallery/GalleryPage";
import { queryOf, EVERYTHING, variedQuery } from "@/features/gallery/search";
import { useBoardStore } from "@/stores/boardStore";
import { useGpuStore } from "@/stores/gpuStore";

const COUNT = 10_000;
const HOSTILE = "<img src=x onerror=alert(1)>";
const WIDTH = 800; // five columns

interface Call {
  method: string;
  url: URL;
  body: { ids?: string[]; starred?: boolean; rating?: number | null; before?: string | null } | undefined;
}

/** A hub in memory: it searches, discards, restores and stars. */
class Hub {
  calls: Call[] = [];
  down = false;
  archiveHeaders: Record<string, string> = {};
  /** Answers to searches wait for this. */
  gate: Promise<void> = Promise.resolve();
  generations: Generation[];
  boards: Partial<Board>[] = [];
  retention: Partial<Omit<Retention, "within_a_week">> & { within_a_week: Partial<Retention["within_a_week"]> } = {
    within_a_week: { count: 0 },
  };
  /** What is on the only board, in its order. */
  lying: string[] = [];

  constructor(count: number) {
    this.generations = Array.from({ length: count }, (_, index) => generation(index));
  }

  searches = () =>
    this.calls.filter(({ url }) => url.pathname === "/api/generations").map(({ url }) => url.searchParams);
  posted = (action: string) =>
    this.calls.filter(({ url }) => url.pathname === `/api/generations/${action}`).map(({ body }) => body?.ids ?? []);

  fetch = async (path: string, options: { method: string; body?: string }): Promise<Response> => {
    const url = new URL(path, "http://hub");
    const body = options.body ? (JSON.parse(options.body) as Call["body"]) : undefined;
    this.calls.push({ method: options.method, url, body });
    if (this.down) throw new TypeError("failed to fetch");
    if (url.pathname === "/api/generations") {
      const gate = this.gate;
      const found = this.search(url.searchParams);
      await gate;
      return Response.json(found);
    }
    if (url.pathname === "/api/retention") return Response.json(this.retention);
    if (url.pathname === "/api/boards") return Response.json({ boards: this.boards });
    if (url.pathname.startsWith("/api/boards/")) return this.onBoard(url.pathname, body);
    if (url.pathname === "/api/gpus")
      return Response.json({ gpus: [{ id: "gpu-draft", name: "RTX 3050 Ti" }], config_problems: [] });
    if (url.pathname === "/api/workflow/catalog")
      return Response.json({ loras: [{ name: "ink.safetensors", nodes: ["gpu-draft"] }] });
    if (url.pathname.endsWith("/archive")) return new Response("zip", { headers: this.archiveHeaders });
    return Response.json(this.change(url.pathname, body));
  };

  /** Of the only board. */
  private onBoard(path: string, body: Call["body"]): Response {
    const ids = body?.ids ?? [];
    const action = path.split("/").at(-1);
    const off = this.generations.filter(({ id }) => action === "remove" && ids.includes(id));
    if (action === "remove") this.lying = this.lying.filter((id) => !ids.includes(id));
    if (action === "restore") this.lying = [...ids, ...this.lying];
    if (action === "move") {
      const others = this.lying.filter((id) => !ids.includes(id));
      const at = body?.before ? others.indexOf(body.before) : others.length;
      this.lying = [...others.slice(0, at), ...ids, ...others.slice(at)];
    }
    return Response.json({ changed: off.length || ids.length, board: this.boards[0] });
  }

  private search(params: URLSearchParams) {
    const [offset, limit] = [Number(params.get("offset")), Number(params.get("limit"))];
    const all = params.has("board_id")
      ? this.lying.flatMap((id) => this.generations.filter((each) => each.id === id))
      : this.generations;
    const found = all.filter(
      (each) =>
        each.discard_after === null &&
        each.prompt.includes(params.get("prompt") ?? "") &&
        (params.get("starred") !== "true" || each.starred),
    );
    return { generations: found.slice(offset, offset + limit), total: found.length, limit, offset };
  }

  private change(path: string, body: Call["body"]) {
    const [, , , id, action] = path.split("/");
    if (action === "star") return this.revise([id ?? ""], () => ({ starred: body?.starred ?? true }))[0];
    if (action === "rate") return this.revise([id ?? ""], () => ({ rating: body?.rating ?? null }))[0];
    const restored = id === "restore";
    return {
      generations: this.revise(body?.ids ?? [], (each) => ({
        discard_after: restored || each.starred ? null : "2030-01-01T00:00:00Z",
      })),
    };
  }

  private revise(ids: string[], fields: (each: Generation) => Partial<Generation>): Generation[] {
    const wanted = new Set(ids);
    this.generations = this.generations.map((each) => (wanted.has(each.id) ? { ...each, ...fields(each) } : each));
    return this.generations.filter((each) => wanted.has(each.id));
  }
}

function generation(index: number): Generation {
  const fields = {
    id: `g${index}`,
    session_id: "s",
    prompt: `picture ${index}`,
    thumbnail_url: `/api/images/s/g${index}/thumb`,
  };
  return { ...fields, status: "complete", starred: false, discard_after: null } as Generation;
}

let hub: Hub;

function open(count = COUNT, prepare: (made: Hub) => void = () => undefined, boardId = "") {
  hub = new Hub(count);
  prepare(hub);
  vi.stubGlobal("fetch", hub.fetch);
  const onOpen = vi.fn<(generation: Generation, all: readonly Generation[]) => void>();
  const shown = (changed: Generation | null) => (
    <>
      <GalleryPage boardId={boardId} changed={changed} onOpen={onOpen} />
      <Toaster />
    </>
  );
  const { rerender } = render(shown(null));
  return { onOpen, user: userEvent.setup(), change: (changed: Generation) => rerender(shown(changed)) };
}

function scrollTo(top: number) {
  act(() => {
    Object.defineProperty(window, "scrollY", { value: top, configurable: true });
    window.dispatchEvent(new Event("scroll"));
  });
}

// roles are slow to look up among so many tiles
const picture = (index: number) => screen.findByAltText(`picture ${index}`);
const checkbox = (index: number) => screen.findByLabelText(`Select picture ${index}`);

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(WIDTH);
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(
    () => new DOMRect(0, -window.scrollY, WIDTH, 0),
  );
  vi.stubGlobal("scrollTo", ({ top = 0 }: ScrollToOptions) =>
    Object.defineProperty(window, "scrollY", { value: top, configurable: true }),
  );
  HTMLElement.prototype.setPointerCapture = () => undefined; // jsdom has none, sonner wants it
  Object.defineProperty(window, "scrollY", { value: 0, configurable: true });
  vi.stubGlobal("innerHeight", 400);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true); // a notice of a page in the background stays: no test waits for it
  useGpuStore.setState({ gpus: [], reachable: null });
  useBoardStore.setState({ boards: null, dialog: null });
});

afterEach(() => {
  toast.dismiss();
  vi.unstubAllGlobals();
});

describe("a board", () => {
  const board = { id: "b", name: "Towers", notes: "for the poster", count: 3, version: 1, cover_id: null };
  const shown = () => screen.getAllByRole("img").map((image) => image.getAttribute("alt"));
  const openBoard = () =>
    open(
      9,
      (made) => {
        made.boards = [board];
        made.lying = ["g5", "g2", "g7"];
      },
      "b",
    );

  it("shows what lies on it in its order, with its notes", async () => {
    openBoard();
    await picture(5);
    expect(await screen.findByText("for the poster")).toBeVisible();
    expect(shown()).toEqual(["picture 5", "picture 2", "picture 7"]);
    expect(hub.searches().at(-1)?.get("sort")).toBe("board");
  });

  it("is sorted by hand, and what is taken off comes back to its place", async () => {
    const { user } = openBoard();
    await picture(5);
    await user.click(await checkbox(7));
    await user.selectOptions(await screen.findByLabelText("Move them on the board"), "To the beginning");
    await waitFor(() => expect(shown()).toEqual(["picture 7", "picture 5", "picture 2"]));
    await user.click(screen.getByRole("button", { name: "Take off" }));
    await waitFor(() => expect(shown()).toEqual(["picture 5", "picture 2"]));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(shown()).toEqual(["picture 7", "picture 5", "picture 2"]));
  });

  it("is put together from a selection, or the picture with the focus, by B", async () => {
    const { user } = open(9);
    await user.click(await checkbox(3));
    (await picture(3)).closest("button")!.focus();
    await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
    await waitFor(async () => expect(await checkbox(4)).toBeChecked());
    await user.keyboard("b");
    await waitFor(() => expect(useBoardStore.getState().dialog).toEqual({ what: "put", ids: ["g3", "g4"] }));
  });

  it("that is gone says so", async () => {
    open(9, () => undefined, "gone");
    await screen.findByText("This board does not exist any more");
  });
});

describe("what is on the screen", () => {
  it("asks only for the pages in sight and draws only the rows in sight", async () => {
    open();
    await picture(0);
    expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "2000");
    expect(screen.getAllByRole("gridcell").length).toBeLessThan(100);
    expect(hub.searches().map((each) => each.get("offset"))).toEqual(["0"]);
    expect(hub.searches()[0]?.get("status")).toBe("complete");
    expect(hub.searches()[0]?.get("kept")).toBe("true");

    const row = 800 / 5 + 1.6;
    scrollTo(1001 * row);
    await picture(5005);
    expect(new Set(hub.searches().map((each) => each.get("offset")))).toEqual(new Set(["0", "5000"]));
  });

  it("has a tile for every picture in sight, loaded or not", async () => {
    open();
    await picture(0);
    hub.gate = new Promise(() => undefined);
    scrollTo(150_000);
    expect(screen.getAllByRole("button", { name: /^Picture \d+, loading$/ }).length).toBeGreaterThan(10);
  });

  it("shows a hostile prompt as text", async () => {
    const { onOpen, user } = open(3, (made) => Object.assign(made.generations[1] ?? {}, { prompt: HOSTILE }));
    const image = await screen.findByRole("img", { name: HOSTILE });
    expect(document.querySelector("img[src=x]")).toBeNull();
    await user.click(image);
    expect(onOpen).toHaveBeenCalledWith(hub.generations[1], hub.generations);
  });

  it("cuts a long prompt", async () => {
    open(1, (made) => Object.assign(made.generations[0] ?? {}, { prompt: "😀".repeat(50_000) }));
    const image = await screen.findByRole("img");
    expect([...(image.getAttribute("alt") ?? "")]).toHaveLength(120);
  });
});

describe("search", () => {
  it("asks for what is typed, once it rests", async () => {
    const { user } = open();
    await picture(0);
    await user.type(screen.getByRole("searchbox", { name: "Prompt" }), "picture 77");
    await waitFor(() => expect(screen.getByText("111 pictures")).toBeVisible());
    expect(hub.searches().map((each) => each.get("prompt"))).toEqual([null, "picture 77"]);
    await user.click(screen.getByRole("button", { name: "Reset" }));
    await screen.findByText("10000 pictures");
  });

  it("drops the answer of an outdated search", async () => {
    const { user } = open();
    await picture(0);
    let release = () => {};
    hub.gate = new Promise((resolve) => (release = resolve));
    await user.click(screen.getByLabelText("Starred only"));
    hub.gate = Promise.resolve();
    await user.click(screen.getByLabelText("Starred only"));
    await act(async () => release());
    await screen.findByText("10000 pictures");
    await picture(0);
  });

  it("says when nothing is found, and shows all again", async () => {
    const { user } = open(5);
    await picture(0);
    await user.click(screen.getByLabelText("Starred only"));
    await screen.findByText("Nothing found");
    await user.click(screen.getByRole("button", { name: "Show all pictures" }));
    await picture(0);
  });

  it("puts every filter into the query", async () => {
    const { user } = open(5);
    await screen.findByRole("option", { name: "RTX 3050 Ti" });
    await screen.findByRole("option", { name: "ink" });
    await user.selectOptions(screen.getByLabelText("Family"), "sdxl");
    await user.selectOptions(screen.getByLabelText("LoRA"), "ink");
    await user.selectOptions(screen.getByLabelText("Node"), "RTX 3050 Ti");
    await waitFor(() => expect(hub.searches().at(-1)?.get("gpu_id")).toBe("gpu-draft"));
    expect(hub.searches().at(-1)?.get("model_family")).toBe("sdxl");
    expect(hub.searches().at(-1)?.get("lora")).toBe("ink.safetensors");
  });

  it("has the boards in sight on a narrow page, where other filters are folded, once there are any", async () => {
    open(5);
    await picture(0);
    expect(screen.queryByLabelText("Board")).toBeNull();
    const board = { id: "b1", name: "Foxes", count: 2 };
    act(() => useBoardStore.setState({ boards: [board as Board] }));
    const choice = screen.getByLabelText("Board");
    expect(screen.getByRole("button", { name: "More filters" }).compareDocumentPosition(choice)).toBe(
      Node.DOCUMENT_POSITION_FOLLOWING,
    );
    expect(choice.compareDocumentPosition(screen.getByLabelText("Family"))).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  });

  it("asks for what pictures differ in", async () => {
    const { user } = open(5);
    await picture(0);
    await user.type(screen.getByLabelText("Differs in"), "steps 30");
    await waitFor(() => expect(hub.searches().at(-1)?.get("varied")).toBe("steps=30"));
  });

  it("asks for a difference as it is written", () => {
    expect(["steps", " steps 30 ", "steps=30", "wording red dog", ""].map(variedQuery)).toEqual([
      ...["steps", "steps=30", "steps=30", "wording=red dog", ""],
    ]);
  });

  it("rates by digits, shows it, and asks for the rated and for another order", async () => {
    const { user } = open(5);
    (await picture(1)).closest("button")!.focus();
    await user.keyboard("4");
    await screen.findByLabelText("rated 4 of 5");
    await user.keyboard("4");
    await waitFor(() => expect(screen.queryByLabelText("rated 4 of 5")).toBeNull());
    await user.selectOptions(screen.getByLabelText("Rating"), "3 or better");
    await user.selectOptions(screen.getByLabelText("Sort"), "Best rated first");
    await waitFor(() => expect(hub.searches().at(-1)?.get("sort")).toBe("rating"));
    expect(hub.searches().at(-1)?.get("min_rating")).toBe("3");
  });

  it("rates a selection as one, and one press gives each its own rating back", async () => {
    const rated: (number | null)[] = [5, null, 3];
    const { user } = open(5, (made) => made.generations.forEach((each, index) => (each.rating = rated[index] ?? null)));
    await user.click(await checkbox(0));
    fireEvent.click(await checkbox(2), { shiftKey: true });
    await screen.findByText("3 selected");
    await user.selectOptions(screen.getByLabelText("Rate them"), "2");
    await waitFor(() => expect(hub.generations.map(({ rating }) => rating)).toEqual([2, 2, 2, null, null]));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(hub.generations.map(({ rating }) => rating)).toEqual([5, null, 3, null, null]));
    (await picture(1)).closest("button")!.focus();
    await user.keyboard("0");
    await waitFor(() => expect(hub.generations.map(({ rating }) => rating)).toEqual([null, null, null, null, null]));
  });

  it("includes both days of a period", () => {
    const query = new URLSearchParams(queryOf({ ...EVERYTHING, from: "2026-03-01", to: "2026-03-01" }));
    expect(query.get("created_from")).toBe(new Date(2026, 2, 1).toISOString());
    expect(query.get("created_to")).toBe(new Date(2026, 2, 2).toISOString());
    expect(queryOf({ ...EVERYTHING, seed: "18446744073709551615" })).toContain("seed=18446744073709551615");
    expect(queryOf({ ...EVERYTHING, seed: "18446744073709551616" })).not.toContain("seed=");
    expect(queryOf({ ...EVERYTHING, to: "9999-12-31" })).not.toContain("created_to=%2B");
  });
});

describe("selection", () => {
  it("deletes a range, keeps the starred, and takes it back", async () => {
    const { user } = open(1500, (made) => Object.assign(made.generations[3] ?? {}, { starred: true }));
    await user.click(await checkbox(2));
    await user.keyboard("{Shift>}");
    await user.click(await picture(5));
    await user.keyboard("{/Shift}");
    await screen.findByText("4 selected");
    await user.click(screen.getByRole("button", { name: "Delete" }));
    await screen.findByText("3 pictures will be deleted in a day");
    expect(screen.getByText("1 picture is kept: starred, or on a board.")).toBeInTheDocument();
    expect(hub.posted("discard")).toEqual([["g2", "g3", "g4", "g5"]]);
    await waitFor(() => expect(screen.queryByAltText("picture 2")).toBeNull());
    expect(screen.queryByRole("toolbar")).toBeNull();

    await user.click(screen.getByRole("button", { name: "Undo" }));
    await picture(2);
    expect(hub.posted("restore")).toEqual([["g2", "g4", "g5"]]);
  });

  it("loads what a long range passes over, and discards it in slices", async () => {
    const { user } = open(1500);
    await user.click(await checkbox(0));
    scrollTo(400 * 161.6);
    const last = await picture(1499);
    fireEvent.click(last, { shiftKey: true });
    await screen.findByText("1500 selected");
    expect(screen.getByRole("button", { name: "Download zip" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    await screen.findByText("1500 pictures will be deleted in a day");
    expect(hub.posted("discard").map((ids) => ids.length)).toEqual([1000, 500]);
    await screen.findByText("No pictures yet");
    await user.click(screen.getAllByRole("button", { name: "Undo" })[0] as HTMLElement);
    await screen.findByText("1500 pictures");
  });

  it("says how many files a zip lacks, and nothing where it lacks none", async () => {
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:zip", revokeObjectURL: () => undefined }));
    const { user } = open(20);
    await user.click(await checkbox(1));
    await user.click(screen.getByRole("button", { name: "Download zip" }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Download zip" })).toBeEnabled());
    expect(screen.queryByText(/on the hub's disk/)).toBeNull();

    hub.archiveHeaders = { "X-Missing-Pictures": "2" };
    await user.click(screen.getByRole("button", { name: "Download zip" }));
    await screen.findByText("2 picture files are not in the zip as it should be");
    expect(screen.getByText(/^MISSING.txt in the zip says why/)).toBeInTheDocument();
  });

  it("asks for a zip without metadata", async () => {
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:zip", revokeObjectURL: () => undefined }));
    const { user } = open(20);
    await user.click(await checkbox(1));
    await user.click(screen.getByRole("button", { name: "Without metadata" }));
    await waitFor(() => expect(hub.posted("archive")).toEqual([["g1"]]));
    expect(hub.calls.at(-1)?.url.search).toBe("?metadata=none");
  });

  it("stars, clears and forgets with another search", async () => {
    const { user } = open(20);
    await user.click(await checkbox(1));
    await user.click(screen.getByRole("button", { name: "Star" }));
    await screen.findByLabelText("starred");
    await user.click(screen.getByRole("button", { name: "Unstar" }));
    await waitFor(() => expect(screen.queryByLabelText("starred")).toBeNull());
    await user.click(screen.getByRole("button", { name: "Clear" }));
    expect(screen.queryByRole("toolbar")).toBeNull();
    await user.click(await checkbox(1));
    await user.type(screen.getByRole("searchbox", { name: "Prompt" }), "picture 3");
    await waitFor(() => expect(screen.queryByRole("toolbar")).toBeNull());
  });

  it("shows the star that a picture got in the viewer", async () => {
    const { change } = open(20);
    await checkbox(1);
    expect(screen.queryByLabelText("starred")).toBeNull();
    change({ ...generation(1), starred: true });
    await screen.findByLabelText("starred");
  });

  it("is done by keyboard alone", async () => {
    const { onOpen, user } = open(200);
    const cell = within((await screen.findAllByRole("gridcell"))[0] as HTMLElement).getByRole("button");
    act(() => cell.focus());
    await user.keyboard("{ArrowRight}{ArrowDown} ");
    await screen.findByText("1 selected");
    expect(await checkbox(6)).toBeChecked();
    expect(document.activeElement).toHaveAttribute("data-index", "6");
    expect(screen.getByRole("grid").querySelectorAll("[data-index][tabindex='0']")).toHaveLength(1);
    await user.keyboard("{Enter}");
    expect(onOpen.mock.calls[0]?.[0].id).toBe("g6");
  });
});

describe("pictures that go by themselves", () => {
  const week = { count: 12, bytes: 2_345_000_000 };

  it("are told with the reason, and how to keep them", async () => {
    const rules = { keep_days: 30, keep_gb: 50, kept_bytes: 51_200_000_000 };
    open(3, (made) => (made.retention = { ...rules, within_a_week: week }));
    const words =
      "Within a week 12 pictures (2.3 GB) will be deleted: pictures go after 30 days; " +
      "the oldest go above 50 GB, and there are 51.2 GB. A star, a rating or a board keeps a picture.";
    await screen.findByText(words);
  });

  it("are not mentioned where there are none", async () => {
    open(3);
    await picture(0);
    expect(screen.queryByText(/will be deleted/)).toBeNull();
  });
});

describe("states", () => {
  it("leads to the studio while there is nothing", async () => {
    open(0);
    await screen.findByText("No pictures yet");
    expect(screen.getByRole("link", { name: "studio" })).toHaveAttribute("href", "#/");
  });

  it("says that the hub is down, and tries again", async () => {
    const { user } = open(5, (made) => (made.down = true));
    await screen.findByText(/The hub does not answer/);
    hub.down = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await picture(0);
  });

  it("keeps what it has when the hub goes away", async () => {
    const { user } = open();
    await picture(0);
    hub.down = true;
    scrollTo(150_000);
    await screen.findByText(/The hub does not answer/);
    hub.down = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryAllByRole("button", { name: /loading$/ })).toHaveLength(0));
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
