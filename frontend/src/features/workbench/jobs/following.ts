/** The event stream of one job: resumes where it was, comes back by itself, ends with the job. */
import { HubProblem, open } from "@/api/client";
import { EventStreamParser, type ServerEvent } from "@/api/eventStream";
import { jobEventOf, type JobEvent } from "@/api/jobEvents";
import { isOver } from "@/api/types";

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;
/** The hub sends a sign of life every 15 s. */
const SILENCE_MS = 40_000;

export interface Listeners {
  event: (event: JobEvent) => void;
  /** Something was told that cannot be read: the job is to be asked for. */
  malformed: () => void;
  /** The job was deleted. */
  gone: () => void;
}

/** Answers how to end it. */
export function follow(jobId: string, listeners: Listeners): () => void {
  const following = new Following(jobId, listeners);
  void following.run();
  return following.end;
}

class Following {
  #lastId = "";
  #pause = FIRST_PAUSE_MS;
  #over = false;
  #line = new AbortController();
  #wake = () => {};

  constructor(
    private readonly jobId: string,
    private readonly listeners: Listeners,
  ) {}

  async run(): Promise<void> {
    window.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    while (!this.#over) {
      await this.#listen().catch((error: unknown) => this.#failed(error));
      if (!this.#over) await this.#rest();
    }
  }

  readonly end = (): void => {
    this.#over = true;
    this.#line.abort();
    this.#wake();
    window.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
  };

  async #listen(): Promise<void> {
    this.#line = new AbortController();
    const from: Record<string, string> = this.#lastId ? { "Last-Event-ID": this.#lastId } : {};
    const path = `/api/jobs/${encodeURIComponent(this.jobId)}/events`;
    const { body } = await open(path, from, this.#line.signal);
    const reader = body?.getReader();
    const [parser, decoder] = [new EventStreamParser(), new TextDecoder()];
    while (reader && !this.#over) {
      const { done, value } = await this.#heard(reader.read());
      if (done) return;
      this.#pause = FIRST_PAUSE_MS;
      parser.push(decoder.decode(value, { stream: true })).forEach(this.#take);
    }
  }

  /** Gives up reading when the connection is dead. */
  async #heard<Answer>(reading: Promise<Answer>): Promise<Answer> {
    const timer = setTimeout(() => this.#line.abort(), SILENCE_MS);
    try {
      return await reading;
    } finally {
      clearTimeout(timer);
    }
  }

  readonly #take = ({ id, data }: ServerEvent): void => {
    this.#lastId = id || this.#lastId;
    if (this.#over) return;
    const arrival = jobEventOf(data);
    if (arrival.kind === "malformed") this.listeners.malformed();
    if (arrival.kind !== "message") return;
    const event = arrival.message;
    this.listeners.event(event);
    if (event.type === "job" && isOver(event.status)) this.end();
  };

  #failed(error: unknown): void {
    if (!(error instanceof HubProblem && error.status === 404) || this.#over) return;
    this.end();
    this.listeners.gone();
  }

  async #rest(): Promise<void> {
    const pause = this.#pause * (0.75 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    await new Promise<void>((wake) => {
      const timer = setTimeout(wake, pause);
      this.#wake = () => {
        clearTimeout(timer);
        wake();
      };
    });
  }

  /** The page is visible again, or the network is back: try at once. */
  readonly #hurry = (): void => {
    if (document.visibilityState === "visible") this.#wake();
  };
}
