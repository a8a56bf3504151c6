/** Keeps an open session's config equal to the hub's: sends changes made here, takes in those of other windows. */
import { get, HubProblem, request } from "@/api/client";
import { bothOf, isMembers, patchOf, same, type Clash, type Members } from "@/lib/mergePatch";
import { forgetUnsent, keepUnsent, takeUnsent } from "@/stores/unsent";

const SAVE_AFTER_MS = 400;
const SAVE_AGAIN_MS = 2000;
/** For so many milliseconds after a keystroke a text counts as being typed, and is not replaced. */
const TYPING_MS = 2000;
const MOST_TRIES = 5;

/** The hub's config and its version. */
export interface Kept {
  version: number;
  config: unknown;
}

interface Page<Config> {
  /** The config on the screen. */
  shown: () => Config;
  show: (config: Config) => void;
  /** Reads the hub's config. */
  read: (config: unknown) => Config;
  /** Called with what was changed both here and elsewhere; this window's value stays. */
  clashed: (clashes: readonly Clash[]) => void;
  /** Called with a text of this window that another window's replaced. */
  replaced: (name: string, text: string) => void;
  /** Called when the hub refuses the config. */
  refused: (problem: HubProblem) => void;
}

export class SharedConfig<Config extends object> {
  #version: number;
  #hub: Config;
  /** The config that `shown` started from; it lacks another window's text while somebody is typing. */
  #base: Config;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  /** What is on its way to the hub. */
  #sent: Config | null = null;
  #heard = 0;
  /** Texts written here, each with the time of the last keystroke. */
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

  /** Show the hub's config with this browser's unsent changes. */
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

  /** The config on the screen has changed; `typed` names the texts that were typed. */
  changed(typed: readonly string[] = []): void {
    const shown = this.page.shown() as Members;
    for (const name of typed) this.#typed.set(name, { text: shown[name], at: Date.now() });
    if (this.#isNew) {
      keepUnsent(this.sessionId, { base: this.#base, mine: this.page.shown() });
      this.#saveSoon();
    } else if (this.#sent && !same(this.#sent, shown)) {
      // turned back to what the hub had before: what is on its way is no longer wanted
      keepUnsent(this.sessionId, { base: this.#sent, mine: this.page.shown() });
    } else forgetUnsent(this.sessionId);
  }

  /** The hub reports another version. */
  heard(version: number): void {
    this.#heard = Math.max(this.#heard, version);
    if (!this.#sending && version > this.#version) void this.#look(); // the answer to the pending request has it
  }

  /** Take in the hub's newest config. */
  take(kept: Kept): void {
    if (this.#closed || kept.version < this.#version) return;
    this.#version = kept.version;
    this.#hub = this.page.read(kept.config);
    this.#settle();
    if (this.#isNew) this.#saveSoon();
    else forgetUnsent(this.sessionId);
  }

  /** Send pending changes now. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#send();
  }

  /** Another session is opened: send pending changes, ignore answers. */
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
    const kept = await get<Kept>(`/api/sessions/${this.sessionId}/config`).catch(() => null); // if lost, a snapshot follows
    if (kept) this.take(kept);
  }

  /** Apply the changes made here on top of the hub's config. */
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

  /** Texts changed elsewhere while somebody is typing here and all typed words are sent. */
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
    this.#sent = null;
    if (this.#closed) return;
    if (!problem && this.#isNew) this.#saveSoon(0);
    if (!problem && this.#heard > this.#version) void this.#look();
    if (!problem) return;
    if (problem.status === 404) forgetUnsent(this.sessionId);
    else if (isPassing(problem.status)) this.#saveSoon(SAVE_AGAIN_MS);
    else this.page.refused(problem);
  }

  /** Send until the hub has the config on the screen; null then. */
  async #exchange(): Promise<HubProblem | null> {
    if (!this.#closed) this.#settle();
    let shown = this.page.shown(); // another session may be open when the answer comes
    for (let tries = 1; ; tries++) {
      const changes = patchOf(this.#base as Members, shown as Members);
      if (!Object.keys(changes).length) return null;
      try {
        const body = { changes, version: this.#version };
        this.#sent = shown;
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
          // nobody can be asked: what was written last stays
          this.#version = current.version;
          continue;
        }
        this.take(current);
        shown = this.page.shown();
      }
    }
  }
}

/** Statuses after which sending is tried again: away, busy, or without the key. */
const isPassing = (status: number): boolean =>
  status === 0 || status === 401 || status === 409 || status === 429 || status >= 500;

/** Whether a text of this window has been lost. */
const isLost = (before: unknown, after: unknown): before is string =>
  typeof before === "string" && before !== "" && !(typeof after === "string" && after.includes(before));
