import { beforeEach, describe, expect, it, vi } from "vitest";

import { apiKey } from "@/api/client";
import { EventStreamParser } from "@/api/eventStream";
import { jobEventOf, type JobEvent } from "@/api/jobEvents";
import { applyJobEvent, followed } from "@/features/workbench/jobs/applyJobEvent";
import { follow } from "@/features/workbench/jobs/following";

import { generationId, MOMENT } from "./factories";
import { makeJob, makePicture, makeTask, startJobHub, type JobHub } from "./jobHub";

describe("an event stream", () => {
  const text =
    ': hello\nretry: 1000\n\nid: 1\nevent: job\ndata: {"a":\ndata: 1}\n\nid: 2-17\ndata: é\n\n: still there\n\n';
  const events = [
    { id: "1", event: "job", data: '{"a":\n1}' },
    { id: "2-17", event: "message", data: "é" },
  ];

  it.each(["\n", "\r\n"])("is read whatever pieces it comes in, lines ended by %j", (end) => {
    const whole = text.replaceAll("\n", end);
    for (let size = 1; size <= whole.length; size++) {
      const parser = new EventStreamParser();
      const found = [];
      for (let from = 0; from < whole.length; from += size) found.push(...parser.push(whole.slice(from, from + size)));
      expect(found).toEqual(events);
    }
  });

  it("tells nothing of what is no event of a job", () => {
    for (const level of ["info", "warn"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
    expect(jobEventOf('{"type":"other"}')).toEqual({ kind: "ignored" });
    const told = { type: "job", job_id: "job-1", status: "queued", at: MOMENT };
    expect(jobEventOf(JSON.stringify(told))).toEqual({ kind: "message", message: told });
    const { at: _, ...timeless } = told;
    for (const odd of ["", "{", "null", "3", "{}", JSON.stringify(timeless), JSON.stringify({ ...told, at: 3 })])
      expect(jobEventOf(odd), odd).toEqual({ kind: "malformed" });
  });
});

describe("a job after an event", () => {
  const running: JobEvent = {
    ...{
      type: "task",
      job_id: "job-1",
      status: "running",
      at: MOMENT,
      task_id: "t1",
      batch_id: "b1",
      error_message: null,
    },
  };
  const progress = (fields: object): JobEvent => ({
    ...{ type: "progress", job_id: "job-1", batch_id: "b1", generation_id: generationId(1), node_id: "attic" },
    ...{ current: 5, total: 10, completed: 0, batch_total: 2, eta_seconds: 3 },
    ...fields,
  });
  const after = (events: JobEvent[]) => events.reduce(applyJobEvent, followed(makeJob()));

  it("knows its nodes and how far it is, which never grows less", () => {
    const half = after([running, progress({}), progress({ generation_id: generationId(2), node_id: "cellar" })]);
    expect(half.job.tasks[0]).toMatchObject({ progress: 0.5, nodes: ["attic", "cellar"], total: 2 });
    expect(half.job.progress).toBe(0.5);
    const stored = applyJobEvent(half, progress({ current: 6, completed: 1 }));
    expect(stored.job.tasks[0]?.progress).toBeCloseTo(0.75);
    expect(applyJobEvent(half, progress({ current: 1 })).job.tasks[0]?.progress).toBe(0.5);
  });

  it("has the pictures of a task that is complete, and what that took", () => {
    const at = "2026-11-21T08:00:04.000Z";
    const done = { ...running, status: "complete", at, batch_id: null, images: [makePicture(1)] } as JobEvent;
    const { job, parts } = after([running, progress({}), done]);
    expect(job.tasks[0]).toMatchObject({ status: "complete", seconds: 4, completed: 1, progress: 1, batch_id: "b1" });
    expect(parts).toEqual({});
  });

  it("stays what it is once it is over", () => {
    const job = { type: "job", job_id: "job-1", at: MOMENT } as const;
    const failed: JobEvent = { ...job, status: "failed", error: { task_id: "t1", message: "no" } };
    const over = after([failed, { ...job, status: "running" }]);
    expect(over.job).toMatchObject({ status: "failed", error: { message: "no" } });
    const task = applyJobEvent(followed(makeJob({ tasks: [makeTask({ status: "cancelled" })] })), running);
    expect(task.job.tasks[0]?.status).toBe("cancelled");
  });

  it("is none the worse for events of tasks that it does not have", () => {
    const state = followed(makeJob());
    expect(applyJobEvent(state, progress({ batch_id: "other" }))).toBe(state);
  });
});

describe("following a job", () => {
  let hub: JobHub;
  const heard: JobEvent[] = [];
  const [malformed, gone] = [vi.fn(), vi.fn()];
  const listen = () => follow("job-1", { event: (event) => heard.push(event), malformed, gone });
  const requests = () => hub.calls("GET /api/jobs/job-1/events").map(({ headers }) => headers);

  beforeEach(async () => {
    hub = startJobHub();
    heard.length = 0;
    gone.mockReset();
    await hub.fetch("/api/jobs", { method: "POST", body: JSON.stringify({ payload: { tasks: [{ id: "t1" }] } }) });
  });

  it("goes on after a cut where it was, with the key that an EventSource could not send", async () => {
    apiKey.set("secret");
    listen();
    await vi.waitFor(() => expect(hub.lines).toHaveLength(1));
    await hub.start("job-1", "t1");
    hub.lines[0]?.cut();
    await hub.draw("job-1", "t1", 1); // while nobody listens
    await vi.waitFor(() => expect(heard).toHaveLength(2), 3000);
    expect(requests().map((each) => each.get("Last-Event-ID"))).toEqual([null, "1"]);
    expect(requests().map((each) => each.get("X-API-Key"))).toEqual(["secret", "secret"]);
    await hub.end("job-1", "complete");
    expect(heard.map((each) => each.type)).toEqual(["task", "task", "job"]);
    apiKey.forget();
  });

  it("ends with the job, and when nobody wants it any more", async () => {
    await hub.end("job-1", "cancelled");
    listen();
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(requests(), "it does not come back").toHaveLength(1);
  });

  it("comes back to a hub that was away, and not to a job that was deleted", async () => {
    hub.down = true;
    const end = listen();
    await vi.waitFor(() => expect(requests().length).toBeGreaterThan(1), 3000);
    hub.down = false;
    await vi.waitFor(() => expect(hub.lines).toHaveLength(1), 3000);
    expect(gone).not.toHaveBeenCalled();
    end();
    follow("nothing", { event: () => undefined, malformed, gone });
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce());
  });
});
