/** An open session's config, here and at the hub: small changes go there, what other windows change comes here. */
import { get, HubProblem, request } from "@/api/client";
import { bothOf, isMembers, patchOf, same, type Clash, type Members } from "@/lib/mergePatch";
import { forgetUnsent, keepUnsent, takeUnsent } from "@/stores/unsent";

const SAVE_AFTER_MS = 400;
const SAVE_AGAIN_MS = 2000;
/** For so long after a keystroke a text is being typed in: nothing else is put under the cursor. */
const TYPING_MS = 2000;
const MOST_TRIES = 5;

/** What the hub keeps, as it told it. */
export interface Kept {
  version: number;
  config: unknown;
}

interface Page<Config> {
  /** What is on the screen. */
  shown: () => Config;
  show: (config: Config) => void;
  /** What the hub keeps, as the page reads it. */
  read: (config: unknown) => Config;
  /** What was changed here and elsewhere at once; it stays as it is here. */
  clashed: (clashes: readonly Clash[]) => void;
  /** A text that stood here and gave way to another window's. */
  replaced: (name: string, text: string) => void;
  /** The hub does not want it. */
  refused: (problem: HubProblem) => void;
}

export class SharedConfig<Config extends object> {
  #version: number;
  #hub: Config;
  /** What `shown` was made from; differs from `#hub` by a text that is held back while somebody types. */
  #base: Config;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  #heard = 0;
  /** The texts that somebody wrote here: which words, and when the last key was pressed. */
  #typed = new Map<string, { text: unknown; at: number }>();
  #closed = false;

  constructor(
    readonly sessionId: string,
    kept: Kept,
    private readonly page: Page<Config>,
  ) {
    this.#version = kept.version;
    this.#hub = this.#base = page.read(kept.config);
  }

  /** Show what the hub has, with what this browser has and the hub has not. */
  begin(): void {
    let shown = this.#hub;
    for (const { base, mine } of takeUnsent<Config>(this.sessionId)) {
      if (!isMembers(base) || !isMembers(mine)) continue;
      const both = bothOf(base, mine, shown as Members);
      shown = this.page.read(both.merged);
      this.page.clashed(both.clashes);
    }
    this.page.show(shown);
    this.changed();
  }

  /** The page shows something else now; `typed` names the texts in which somebody writes. */
  changed(typed: readonly string[] = []): void {
    const shown = this.page.shown() as Members;
    for (const name of typed) this.#typed.set(name, { text: shown[name], at: Date.now() });
    if (!this.#isNew) return;
    keepUnsent(this.sessionId, { base: this.#base, mine: this.page.shown() });
    this.#saveSoon();
  }

  /** The hub says that there is another version. */
  heard(version: number): void {
    this.#heard = Math.max(this.#heard, version);
    if (!this.#sending && version > this.#version) void this.#look(); // the answer to what is being sent tells it
  }

  /** The hub's newest word. */
  take(kept: Kept): void {
    if (this.#closed || kept.version < this.#version) return;
    this.#version = kept.version;
    this.#hub = this.page.read(kept.config);
    this.#settle();
    if (this.#isNew) this.#saveSoon();
    else forgetUnsent(this.sessionId);
  }

  /** What waits to be sent is sent now. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#send();
  }

  /** Another session is opened: the last changes still go out, nothing comes back. */
  close(): void {
    this.flush();
    this.#closed = true;
    clearTimeout(this.#later);
  }

  get #isNew(): boolean {
    return !same(this.#base, this.page.shown());
  }

  #saveSoon(after = SAVE_AFTER_MS): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), after);
  }

  async #look(): Promise<void> {
    const kept = await get<Kept>(`/api/sessions/${this.sessionId}/config`).catch(() => null); // a snapshot follows a lost line
    if (kept) this.take(kept);
  }

  /** Lay what is shown over what the hub has. */
  #settle(): void {
    const before = this.page.shown() as Members;
    const held = this.#held(before);
    const hub: Members = { ...this.#hub, ...held };
    const { merged, clashes } = bothOf(this.#base as Members, before, hub);
    for (const [name, text] of Object.entries(before))
      if (this.#typed.get(name)?.text === text && isLost(text, merged[name])) this.page.replaced(name, text);
    this.#base = this.page.read(hub);
    if (!same(before, merged)) this.page.show(this.page.read(merged));
    if (clashes.length) this.page.clashed(clashes);
    clearTimeout(this.#later);
    if (Object.keys(held).length) this.#later = setTimeout(() => this.#settle(), TYPING_MS / 4);
  }

  /** Texts that were changed elsewhere while somebody writes here and the hub has every word of it. */
  #held(shown: Members): Record<string, unknown> {
    const [base, hub] = [this.#base as Members, this.#hub as Members];
    const typing = [...this.#typed].filter(([, { at }]) => Date.now() - at < TYPING_MS).map(([name]) => name);
    const held = typing.filter((name) => same(shown[name], base[name]) && !same(hub[name], base[name]));
    return Object.fromEntries(held.map((name) => [name, base[name]]));
  }

  async #send(): Promise<void> {
    if (this.#sending) return; // goes on by itself when the answer is there
    this.#sending = true;
    const problem = await this.#exchange();
    this.#sending = false;
    if (this.#closed) return;
    if (!problem && this.#isNew) this.#saveSoon(0);
    if (!problem && this.#heard > this.#version) void this.#look();
    if (!problem) return;
    if (problem.status === 404) forgetUnsent(this.sessionId);
    else if (isPassing(problem.status)) this.#saveSoon(SAVE_AGAIN_MS);
    else this.page.refused(problem);
  }

  /** Until the hub has what is shown; null then. */
  async #exchange(): Promise<HubProblem | null> {
    if (!this.#closed) this.#settle();
    let shown = this.page.shown(); // another session may be shown by the time of the answer
    for (let tries = 1; ; tries++) {
      const changes = patchOf(this.#base as Members, shown as Members);
      if (!Object.keys(changes).length) return null;
      try {
        const body = { changes, version: this.#version };
        const kept = await request<Kept>("PATCH", `/api/sessions/${this.sessionId}`, body);
        this.#base = shown;
        forgetUnsent(this.sessionId, shown);
        this.take(kept);
        return null;
      } catch (error) {
        if (!(error instanceof HubProblem)) throw error;
        const current = error.status === 409 ? (error.current as Kept | undefined) : undefined;
        if (!current || tries === MOST_TRIES) return error;
        if (this.#closed) {
          // nobody is there to be asked: what was written last stays
          this.#version = current.version;
          continue;
        }
        this.take(current);
        shown = this.page.shown();
      }
    }
  }
}

/** Away, busy, or without the key: it gets it later. */
const isPassing = (status: number): boolean =>
  status === 0 || status === 401 || status === 409 || status === 429 || status >= 500;

/** Whether words that stood here are nowhere any more. */
const isLost = (before: unknown, after: unknown): before is string =>
  typeof before === "string" && before !== "" && !(typeof after === "string" && after.includes(before));
