import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { toast, Toaster } from "sonner";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Models, TaskType } from "@/api/types";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { useIntake } from "@/features/workbench/draft/intake";
import { useJobStore } from "@/features/workbench/jobs/jobStore";
import { WorkbenchPage } from "@/features/workbench/WorkbenchPage";
import { useGpuStore } from "@/stores/gpuStore";
import { useModelStore } from "@/stores/modelStore";

import { useRecallStore } from "@/stores/recall";

import { makeGpu, SESSION_ID, generationId } from "./factories";
import { makeJob, startJobHub, storedPicture, type JobBody, type JobHub } from "./jobHub";

const user = userEvent.setup({ delay: null });
const onOpen = vi.fn<(sessionId: string, generationId: string) => void>();
let hub: JobHub;

async function visit() {
  render(
    <>
      <WorkbenchPage onOpen={onOpen} />
      <Toaster />
    </>,
  );
  await screen.findByRole("button", { name: "Reset" }); // the form has a task
}

const choose = (type: string) => user.selectOptions(screen.getByLabelText("Task type"), type);
const run = () => user.click(screen.getByRole("button", { name: /^Run/ }));
const png = (name = "cat.png") => new File(["picture"], name, { type: "image/png" });
const field = (name: string) => screen.getByRole("group", { name: new RegExp(`^${name}`) });
const job = async (id = "job-1") => {
  await waitFor(() => expect(document.querySelector(`[data-job="${id}"]`)).not.toBeNull());
  return document.querySelector<HTMLElement>(`[data-job="${id}"]`)!;
};
/** Types in the dialog that is open. */
const chooseInDialog = async (name: string) =>
  user.click(within(await screen.findByRole("dialog")).getByRole("button", { name }));

beforeEach(() => {
  hub = startJobHub();
  Element.prototype.scrollIntoView = () => undefined;
  HTMLElement.prototype.setPointerCapture = () => undefined;
  localStorage.clear();
  useDraftStore.setState({ draft: [], shown: 0, problems: [], arrivals: 0 });
  useJobStore.setState({ ids: null, jobs: {}, total: 0, problem: null });
  useIntake.setState({ busy: {}, problems: {} });
  useModelStore.setState(useModelStore.getInitialState());
  useGpuStore.setState({
    gpus: [makeGpu({ id: "attic", name: "Attic 3060" }), makeGpu({ id: "cellar", name: "Cellar 4090" })],
    reachable: true,
  });
});

afterEach(() => {
  toast.dismiss();
  onOpen.mockReset();
  vi.unstubAllGlobals();
});

describe("a form out of a type's schema", () => {
  it("begins with what most nodes can draw, and shows each input as what it is", async () => {
    await visit();
    expect(screen.getByRole("heading", { name: /^Text to image sd15.text2img/ })).toBeInTheDocument();
    expect(screen.getByLabelText("Prompt").tagName).toBe("TEXTAREA");
    expect(screen.getByLabelText("Prompt")).toHaveAttribute("aria-required", "true");
    const steps = screen.getByLabelText("Steps");
    expect(steps).toHaveAttribute("placeholder", "20");
    expect(steps).toHaveAttribute("max", "150");
    expect(steps).toHaveAttribute("step", "1");
    expect(screen.getByLabelText("Steps, slider")).toHaveValue("20");
    expect(screen.getByLabelText("Tiled")).toBeChecked();
    const checkpoint = screen.getByLabelText("Checkpoint");
    expect([...checkpoint.querySelectorAll("option")].map((each) => each.textContent)).toEqual([
      "Default: old",
      "old",
      "new",
    ]);
    const folded = screen.getByText("Advanced: 2 settings").closest("details");
    expect(folded).not.toHaveAttribute("open");
    expect(within(folded!).getByLabelText("Weight dtype")).toHaveTextContent("Default: default");
    expect(screen.getByText("ink")).toBeInTheDocument();
  });

  it("of a type that nobody can run says why", async () => {
    await visit();
    await choose("flux.text2img");
    expect(screen.getByText("No node can run this as it comes.")).toBeInTheDocument();
    expect(screen.getByText("Attic 3060").closest("li")).toHaveTextContent("has no capability flux");
    expect(screen.getByRole("option", { name: /flux: Text to image – no node/ })).toBeInTheDocument();
  });

  it("takes what the person has typed along to another type, and gives back what was that type's own", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a lighthouse");
    await user.type(screen.getByLabelText("Steps"), "12");
    await choose("sd15.img2img");
    expect(screen.getByLabelText("Prompt")).toHaveValue("a lighthouse");
    expect(screen.getByLabelText("Steps")).toHaveValue(null);
    await choose("sd15.text2img");
    expect(screen.getByLabelText("Steps")).toHaveValue(12);
  });

  it("rolls a seed that stays, and makes it random again", async () => {
    await visit();
    await user.click(screen.getByRole("button", { name: "Roll a seed" }));
    const rolled = (screen.getByLabelText("Seed") as HTMLInputElement).value;
    expect(rolled).toMatch(/^\d+$/);
    await user.click(screen.getByRole("button", { name: "Random seed" }));
    expect(screen.getByLabelText("Seed")).toHaveValue("");
  });

  it("keeps a seed that a number of this browser would round", async () => {
    await visit();
    await user.type(screen.getByLabelText("Seed"), "9007199254740993");
    expect(screen.getByLabelText("Seed")).toHaveValue("9007199254740993");
    expect(useDraftStore.getState().draft[0]?.inputs["seed"]).toBe("9007199254740993");
  });

  it("survives a reload", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a lighthouse");
    vi.resetModules();
    const { useDraftStore: again } = await import("@/features/workbench/draft/draftStore");
    expect(again.getState().draft).toMatchObject([{ type: "sd15.text2img", inputs: { prompt: "a lighthouse" } }]);
  });
});

describe("a job", () => {
  it("is sent once with what was said and nothing else, and is followed to its picture", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a lighthouse");
    await user.clear(screen.getByLabelText("Steps"));
    await user.type(screen.getByLabelText("Steps"), "12");
    await user.selectOptions(screen.getByLabelText("Checkpoint"), "new.safetensors");
    await user.click(screen.getByLabelText("Tiled"));
    await user.click(screen.getByRole("button", { name: /^ink/ }));
    await run();
    const card = await job();
    const inputs = {
      ...{ prompt: "a lighthouse", steps: 12, checkpoint: "new.safetensors", tiled: false },
      loras: [{ name: "ink.safetensors", strength_model: 1 }],
    };
    expect(hub.submitted()).toEqual([
      { kind: "workflow", payload: { tasks: [{ id: "t1", type: "sd15.text2img", inputs }] } },
    ]);
    expect(hub.calls("POST /api/jobs")[0]?.headers.get("Idempotency-Key")).toMatch(/\d/);
    expect(card).toHaveTextContent("queued");

    await waitFor(() => expect(hub.lines).toHaveLength(1));
    await hub.start("job-1", "t1");
    await hub.progress("job-1", "t1", 5);
    expect(within(card).getByRole("progressbar", { name: "Progress of t1" })).toHaveAttribute("aria-valuenow", "50");
    expect(card).toHaveTextContent("Cellar 4090");
    expect(card).toHaveTextContent("about 7.0 s left");
    await hub.draw("job-1", "t1", 7);
    await hub.end("job-1", "complete");
    await waitFor(() => expect(card).toHaveAttribute("data-status", "complete"));
    await user.click(within(card).getByRole("button", { name: "Look at picture 1 of sd15.text2img" }));
    expect(onOpen).toHaveBeenCalledWith(SESSION_ID, generationId(7));
    expect(hub.lines, "the line is given back").toHaveLength(0);
  });

  it("that names no checkpoint says which one of the fleet it is drawn with", async () => {
    const none = { file: null, why: "", nodes: [], unsure: [] };
    const found = { ...none, file: "new.safetensors" };
    const family = { family: "sd15", relatives: [], preferred: null, from_text: found, from_picture: none };
    hub.catalog = { ...hub.catalog, checkpoints: [{ name: "new.safetensors", nodes: ["cellar"] }] };
    useModelStore.setState({ models: { families: [family], files: [] }, load: () => Promise.resolve() });
    await visit();
    const usual = () => within(screen.getByLabelText("Checkpoint")).getAllByRole("option")[0];
    await waitFor(() => expect(usual()).toHaveTextContent(/^Default: new$/));
  });

  it("that is refused says so at its field, until that is mended", async () => {
    await visit();
    hub.mistake("/payload/tasks/0/inputs/sampler", "no node has it");
    await run();
    expect(await screen.findByText("no node has it")).toBeInTheDocument();
    expect(screen.getByLabelText("Sampler")).toHaveAttribute("aria-invalid", "true");
    expect(screen.getByLabelText("Sampler").closest("details"), "what is folded is shown").toHaveAttribute("open");
    expect(screen.getByText("1 mistake to correct: nothing was submitted.")).toBeInTheDocument();
    await user.selectOptions(screen.getByLabelText("Sampler"), "heun");
    expect(screen.queryByText("no node has it")).toBeNull();
  });

  it("that lacks something required says that in a person's words", async () => {
    await visit();
    hub.mistake("/payload/tasks/0/inputs/prompt", "prompt is required");
    await run();
    expect(await screen.findByText("Prompt is needed.")).toBeInTheDocument();
    expect(screen.getByLabelText("Prompt")).toHaveFocus();
  });

  it("is told of as a whole where no field is to blame", async () => {
    await visit();
    hub.mistake("/payload/tasks/0", "no node can ever do this: attic has no capability");
    await run();
    expect(await screen.findByText(/^no node can ever do this/)).toBeInTheDocument();
  });

  it("that fails says what went wrong in which task", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a cat");
    await run();
    const card = await job();
    await waitFor(() => expect(hub.lines).toHaveLength(1));
    await hub.start("job-1", "t1");
    await hub.end("job-1", "failed", { task_id: "t1", message: "CUDA out of memory" });
    await waitFor(() => expect(card.querySelector("[data-task=t1]")).toHaveTextContent("CUDA out of memory"));
    expect(card).toHaveAttribute("data-status", "failed");
  });

  it("is cancelled", async () => {
    await visit();
    await run();
    const card = await job();
    await user.click(within(card).getByRole("button", { name: "Cancel this job" }));
    await waitFor(() => expect(card).toHaveAttribute("data-status", "cancelled"));
    expect(hub.calls("DELETE /api/jobs/job-1")).toHaveLength(1);
  });

  it("is shown as JSON to be copied", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a cat");
    await user.click(screen.getByRole("button", { name: "Job JSON" }));
    const shown = (await screen.findByLabelText("The job")).textContent ?? "";
    const tasks = [{ id: "t1", type: "sd15.text2img", inputs: { prompt: "a cat" } }];
    expect(JSON.parse(shown)).toEqual({ kind: "workflow", payload: { tasks } });
    await user.click(screen.getByRole("button", { name: "Copy" }));
    expect(JSON.parse(await navigator.clipboard.readText())).toEqual({ kind: "workflow", payload: { tasks } });
  });
});

describe("a LoRA", () => {
  const file = (name: string, folder: string, family: string) => ({ name, folder, family, why: "", nodes: ["attic"] });

  it("that is made for another family than the chosen checkpoint's comes last, and says so once it is chosen", async () => {
    hub.catalog = {
      ...hub.catalog,
      loras: ["ink", "zoom"].map((name) => ({ name: `${name}.safetensors`, nodes: ["attic"] })),
    };
    const families = ["sd15", "sdxl"].map((family) => ({
      family,
      relatives: [],
      preferred: null,
      from_text: {},
      from_picture: {},
    }));
    const files = [file("ink.safetensors", "loras", "sd15"), file("zoom.safetensors", "loras", "sdxl")];
    const models = { families, files: [...files, file("large.safetensors", "checkpoints", "sdxl")] };
    useModelStore.setState({ models: models as unknown as Models, load: () => Promise.resolve() });
    await visit();
    const offered = () =>
      within(screen.getByRole("list", { name: "LoRAs that the fleet has" }))
        .getAllByRole("button")
        .map((each) => [each.textContent, each.matches(":disabled")]);
    expect(offered()).toEqual([
      [expect.stringContaining("ink"), false],
      [expect.stringContaining("made for sdxl"), true],
    ]);
    act(() => useDraftStore.getState().setInput(0, "checkpoint", "large.safetensors"));
    expect(offered()).toEqual([
      [expect.stringContaining("zoom"), false],
      [expect.stringContaining("made for sd15"), true],
    ]);
    act(() => useDraftStore.getState().setInput(0, "loras", [{ name: "ink.safetensors", strength_model: 1 }]));
    expect(screen.getByText(/^It is made for sd15/)).toBeInTheDocument();
  });
});

describe("a picture to start from", () => {
  it("is uploaded when it is chosen, and can be taken out again", async () => {
    await visit();
    await choose("sd15.img2img");
    await user.upload(screen.getByLabelText("Image: choose a file"), png());
    expect(await within(field("Image")).findByAltText("cat.png")).toBeInTheDocument();
    await run();
    expect(hub.submitted()[0]?.payload.tasks[0]?.inputs["image"]).toBe("@artifact:catpng7");
    await user.click(screen.getByRole("button", { name: "Remove cat.png" }));
    expect(within(field("Image")).queryByAltText("cat.png")).toBeNull();
  });

  it("comes by drop and by paste, several at once", async () => {
    await visit();
    await choose("sd15.inpaint");
    const dropped = { files: [png("a.png"), png("b.png")], types: ["Files"], getData: () => "" };
    fireEvent.drop(document.querySelector('[data-picture-field="image"]')!, { dataTransfer: dropped });
    expect(await screen.findByAltText("b.png")).toBeInTheDocument();
    fireEvent.paste(document.body, {
      clipboardData: { files: [png("mask.png")], types: ["Files"], getData: () => "" },
    });
    expect(await within(field("Mask")).findByAltText("mask.png"), "the field that waits for one").toBeInTheDocument();
    await run();
    expect(hub.submitted()[0]?.payload.tasks[0]?.inputs).toMatchObject({
      image: ["@artifact:apng7", "@artifact:bpng7"],
      mask: "@artifact:maskpng7",
    });
  });

  it("that is none is refused in a sentence", async () => {
    await visit();
    await choose("upscale.esrgan");
    hub.refuse("POST /api/artifacts", {
      ...{ status: 422, code: "invalid_picture", detail: "file cannot be used: it is no PNG or JPEG or WEBP picture" },
    });
    fireEvent.drop(document.querySelector('[data-picture-field="image"]')!, {
      dataTransfer: { files: [png("notes.txt")], types: ["Files"], getData: () => "" },
    });
    const told = "notes.txt cannot be used: it is no PNG or JPEG or WEBP picture.";
    expect(await screen.findByText(told)).toBeInTheDocument();
  });

  it("of the hub comes by its address, dragged from another window", async () => {
    hub.pictures = [storedPicture(3, "a cat on a sofa")];
    await visit();
    await choose("upscale.esrgan");
    const address = `http://hub.local/api/images/s/${generationId(3)}`;
    const getData = (type: string) => (type === "text/uri-list" ? address : "");
    const dropped = { files: [], types: ["text/uri-list"], getData };
    fireEvent.drop(document.querySelector('[data-picture-field="image"]')!, { dataTransfer: dropped });
    expect(await within(field("Image")).findByAltText("a cat on a sofa")).toBeInTheDocument();
    await run();
    expect(hub.submitted()[0]?.payload.tasks[0]?.inputs["image"]).toBe(`@generation:${generationId(3)}`);
    fireEvent.drop(document.body, {
      dataTransfer: {
        ...dropped,
        getData: (type: string) => (type === "text/uri-list" ? "https://example.com/x" : ""),
      },
    });
    expect(await screen.findByText(/^That is an address at example\.com/)).toBeInTheDocument();
  });

  it("is found in the gallery by its words", async () => {
    hub.pictures = [storedPicture(1, "a cat on a sofa"), storedPicture(2, "a dog")];
    await visit();
    await choose("upscale.esrgan");
    await user.click(screen.getByRole("button", { name: "Image: from the gallery" }));
    const dialog = await screen.findByRole("dialog", { name: "From the gallery" });
    expect(await within(dialog).findByText("2 pictures")).toBeInTheDocument();
    await user.type(within(dialog).getByLabelText("Words of the prompt"), "dog");
    expect(await within(dialog).findByText("1 picture")).toBeInTheDocument();
    await user.click(within(dialog).getByRole("button", { name: "a dog" }));
    await run();
    expect(hub.submitted()[0]?.payload.tasks[0]?.inputs["image"]).toBe(`@generation:${generationId(2)}`);
  });

  it("that the hub threw away after its job is sent again by itself", async () => {
    await visit();
    await choose("upscale.esrgan");
    await user.upload(screen.getByLabelText("Image: choose a file"), png());
    await screen.findByAltText("cat.png");
    hub.mistake("/payload/tasks/0/inputs/image", "there is no artifact catpng7; uploads are kept for a day");
    await run();
    await job();
    expect(hub.calls("POST /api/artifacts")).toHaveLength(2);
    expect(hub.submitted()).toHaveLength(2);
    expect(screen.queryByText(/there is no artifact/)).toBeNull();
  });

  it("that is sent again under another name is that one from now on, in the job and in the form", async () => {
    await visit();
    await choose("upscale.esrgan");
    await user.upload(screen.getByLabelText("Image: choose a file"), png());
    await screen.findByAltText("cat.png");
    hub.mistake("/payload/tasks/0/inputs/image", "there is no artifact catpng7; uploads are kept for a day");
    hub.named = "kept-otherwise";
    await run();
    await job();
    expect(hub.submitted()[1]?.payload.tasks[0]?.inputs["image"]).toBe("@artifact:kept-otherwise");
    await run();
    await waitFor(() => expect(hub.submitted()).toHaveLength(3));
    expect(hub.submitted()[2]?.payload.tasks[0]?.inputs["image"]).toBe("@artifact:kept-otherwise");
  });

  it("that is gone after a reload says so", async () => {
    const picture = { reference: "@artifact:gone", thumbnail: null, label: "cat.png" };
    useDraftStore.setState({ draft: [{ type: "upscale.esrgan", inputs: { image: [picture] }, kept: {} }] });
    await visit();
    expect(await screen.findByText("Gone from the hub: add it again")).toBeInTheDocument();
  });
});

describe("one task after the other", () => {
  it("uses a result in a next task", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a cat");
    await run();
    await job();
    await waitFor(() => expect(hub.lines).toHaveLength(1));
    await hub.start("job-1", "t1");
    await hub.draw("job-1", "t1", 7);
    await hub.end("job-1", "complete");
    await user.click(await screen.findByRole("button", { name: "Use picture 1 of sd15.text2img in…" }));
    const dialog = await screen.findByRole("dialog", { name: "Use this picture in…" });
    expect(within(dialog).queryByRole("button", { name: "Text to image" }), "it takes no picture").toBeNull();
    await chooseInDialog("Image to image");
    expect(screen.getByRole("heading", { name: /^Image to image sd15.img2img/ })).toBeInTheDocument();
    expect(screen.getByLabelText("Prompt")).toHaveValue("a cat");
    await run();
    await waitFor(() => expect(hub.submitted()).toHaveLength(2));
    expect(hub.submitted()[1]?.payload.tasks).toEqual([
      { id: "t1", type: "sd15.img2img", inputs: { prompt: "a cat", image: `@generation:${generationId(7)}` } },
    ]);
  });

  it("chains tasks before anything is drawn, as one job", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a cat");
    await user.type(screen.getByLabelText("Pictures"), "3");
    await user.click(screen.getByRole("button", { name: "Add a next task" }));
    await chooseInDialog("Image to image");
    expect(await within(field("Image")).findByText("Result of t1")).toBeInTheDocument();
    expect(screen.getByLabelText("Prompt"), "what it shows stays the same").toHaveValue("a cat");
    expect(screen.getByLabelText("Which result of t1")).toHaveValue("@t1.images");
    await user.selectOptions(screen.getByLabelText("Which result of t1"), "picture 2");
    await user.click(screen.getByRole("button", { name: "Add a next task" }));
    await chooseInDialog("Upscale · esrgan");
    await user.click(screen.getByRole("button", { name: "Run 3 tasks" }));
    await job();
    expect(hub.submitted()[0]?.payload.tasks.map(({ id, inputs }) => [id, inputs["image"]])).toEqual([
      ["t1", undefined],
      ["t2", "@t1.images[1]"],
      ["t3", "@t2.images[0]"],
    ]);
  });

  it("shows the task that is to blame", async () => {
    await visit();
    await user.click(screen.getByRole("button", { name: "Add a next task" }));
    await chooseInDialog("Upscale · esrgan");
    hub.mistake("/payload/tasks/0/inputs/prompt", "prompt is required");
    await user.click(screen.getByRole("button", { name: "Run 2 tasks" }));
    expect(await screen.findByText("Prompt is needed.")).toBeInTheDocument();
    const chain = screen.getByRole("navigation", { name: "Tasks of the job" });
    expect(within(chain).getByRole("button", { name: /^t1.*to correct/ })).toHaveAttribute("aria-current", "step");
  });

  it("lets later tasks follow when one is taken out", async () => {
    await visit();
    for (const name of ["Image to image", "Upscale · esrgan"]) {
      await user.click(screen.getByRole("button", { name: "Add a next task" }));
      await chooseInDialog(name);
    }
    await user.click(screen.getByRole("button", { name: "Remove t1 Text to image" }));
    await user.click(screen.getByRole("button", { name: "Run 2 tasks" }));
    await job();
    expect(hub.submitted()[0]?.payload.tasks.map(({ id, inputs }) => [id, inputs["image"]])).toEqual([
      ["t1", undefined],
      ["t2", "@t1.images[0]"],
    ]);
  });
});

describe("where the hub is away", () => {
  it("says so, and works when it is back", async () => {
    hub.down = true;
    render(<WorkbenchPage onOpen={onOpen} />);
    expect(await screen.findByText("The workbench cannot be shown")).toBeInTheDocument();
    hub.down = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByLabelText("Prompt")).toBeInTheDocument();
  });

  it("keeps what was typed, and sends it under the same key when it is back", async () => {
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a cat");
    hub.down = true;
    await run();
    expect(await screen.findByText(/The hub does not answer/)).toBeInTheDocument();
    hub.down = false;
    await run();
    await job();
    const keys = hub.calls("POST /api/jobs").map(({ headers }) => headers.get("Idempotency-Key"));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it("shows no jobs yet as an invitation", async () => {
    await visit();
    expect(await screen.findByText(/^What you run appears here/)).toBeInTheDocument();
  });
});

describe("what was drawn before", () => {
  const past: JobBody = {
    kind: "workflow",
    payload: {
      tasks: [
        {
          ...{ id: "draft", type: "sd15.text2img" },
          inputs: {
            ...{ prompt: "an old cat", steps: 9, seed: "18446744073709551615", tiled: false, sampler: "heun" },
            ...{ checkpoint: "away.safetensors", loras: [{ name: "ink.safetensors", strength_model: 0.4 }] },
          },
        },
        {
          ...{ id: "large", type: "sd15.inpaint" },
          inputs: {
            ...{ image: "@draft.images[0]", prompt: "a hat", hidden: 3 },
            mask: [`@generation:${generationId(7)}`, "@artifact:lost"],
          },
        },
      ],
    },
  };

  const keep = () => {
    hub.requests.set("old", past);
    hub.jobs.set("old", makeJob({ job_id: "old", status: "complete", session_id: "of-the-job" }));
    hub.pictures = [storedPicture(7, "a mask")];
  };

  it("comes back from the list with all inputs, says what is gone, and goes away by Undo", async () => {
    keep();
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "mine");
    await user.click(within(await job("old")).getByRole("button", { name: "Load this job into the form" }));
    await screen.findByText("2 tasks are in the form");
    expect(screen.getByText(/1 picture of it is gone. The form has no field for hidden/)).toBeInTheDocument();
    expect(screen.getByLabelText("Prompt")).toHaveValue("an old cat");
    expect(screen.getByLabelText("Steps")).toHaveValue(9);
    expect(screen.getByLabelText("Seed")).toHaveValue("18446744073709551615");
    expect(screen.getByLabelText("Tiled")).not.toBeChecked();
    expect(screen.getByLabelText("Checkpoint")).toHaveDisplayValue("away.safetensors (not there now)");
    await user.click(screen.getByRole("button", { name: /^t2 ?Inpaint/ }));
    expect(within(field("Mask")).getByRole("alert")).toHaveTextContent("Gone from the hub: add it again");
    expect(within(field("Mask")).getAllByRole("listitem")).toHaveLength(2);

    await run();
    await waitFor(() => expect(hub.submitted()).toHaveLength(1));
    const [first, second] = hub.submitted()[0]!.payload.tasks;
    expect(first).toEqual({ ...past.payload.tasks[0], id: "t1" });
    expect(second?.inputs["image"]).toBe("@t1.images[0]");
    expect(second?.inputs["mask"]).toEqual(past.payload.tasks[1]!.inputs["mask"]);

    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(screen.getByLabelText("Prompt")).toHaveValue("mine");
  });

  it("comes from a picture: the job that made it, else its own settings", async () => {
    keep();
    await visit();
    act(() => useRecallStore.setState({ wanted: { ...storedPicture(1, "x"), session_id: "of-the-job" } }));
    await screen.findByText("2 tasks are in the form");

    const alone = { ...storedPicture(2, "a dog"), session_id: "of-the-funnel", workflow: "some", model_family: "sd15" };
    act(() => useRecallStore.setState({ wanted: { ...alone, steps: 31, parameters: { sampler: "heun" } } }));
    await screen.findByText("The task is in the form");
    await waitFor(() =>
      expect(screen.getAllByRole("button", { name: "Undo" }), "that of the last change").toHaveLength(1),
    );
    expect(screen.getByLabelText("Prompt")).toHaveValue("a dog");
    expect(screen.getByLabelText("Steps")).toHaveValue(31);

    act(() => useRecallStore.setState({ wanted: { ...alone, workflow: "deleted" } }));
    await screen.findByText("No task type has the workflow deleted any more.");
  });

  it("comes from a workflow that was just imported: its own form, and Undo brings back what was there", async () => {
    const [shared] = hub.types as [TaskType];
    const both = { ...shared, workflows: [...shared.workflows, "mine"] }; // which draws with all of its family
    hub.types = [both, ...hub.types.slice(1), { ...shared, type: "workflow.mine", workflows: ["mine"] }];
    await visit();
    await user.type(screen.getByLabelText("Prompt"), "a cat");
    const before = useDraftStore.getState().draft;
    act(() => useRecallStore.setState({ workflow: "mine" }));
    await screen.findByText("The task is in the form");
    expect(useDraftStore.getState().draft.map(({ type }) => type)).toEqual(["workflow.mine"]);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(useDraftStore.getState().draft).toEqual(before);
  });
});
