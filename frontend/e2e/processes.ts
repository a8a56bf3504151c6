/** The product as real processes: started, waited for, ended by their own ids. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const VIBES = join(ROOT, ".venv/bin/vibes");
const PYTHON = join(ROOT, ".venv/bin/python");
const PROFILES = ["rtx-5060-ti", "rtx-4060-ti", "rtx-3060", "rtx-3050-ti"] as const;
const NAMES = ["RTX 5060 Ti", "RTX 4060 Ti", "RTX 3060", "RTX 3050 Ti"] as const;
const VRAM_GB = [16, 8, 12, 4] as const;
const TIERS = ["premium", "quality", "standard", "draft"] as const;

/** Where a hub is shown, too, as behind a reverse proxy. */
export const BELOW = "/studio";

/** Where the environment forbids it, every start would compile every library again. */
const COMPILED_ONCE = { PYTHONDONTWRITEBYTECODE: "" };

const MODELS = { interpreter: "hermes3:8b", engineer: "phi4:14b" } as const;

/** The funnel of the product with pictures small enough for a machine that draws them without a GPU. */
const FLOWS = `presets:
  classic:
    description: small pictures
    stages:
      - {name: drafts, count: 20, model_family: sd15, task_type: draft, width: 256, height: 256, steps: 10}
      - {name: refined, count: 8, model_family: sdxl, task_type: standard, width: 512, height: 512, steps: 12, denoise_strength: 0.55}
      - {name: polished, count: 3, model_family: sdxl, task_type: quality, width: 512, height: 512, steps: 16, denoise_strength: 0.4}
      - {name: final, count: 1, model_family: sdxl, task_type: quality, width: 512, height: 512, steps: 20, denoise_strength: 0.3}
  one_model:
    description: one few-step model
    stages:
      - {name: drafts, count: 20, model_family: z-image, task_type: draft, width: 256, height: 256, steps: 8}
      - {name: refined, count: 8, model_family: z-image, task_type: standard, width: 512, height: 512, steps: 8, denoise_strength: 0.6}
      - {name: polished, count: 3, model_family: z-image, task_type: quality, width: 512, height: 512, steps: 8, denoise_strength: 0.45}
      - {name: final, count: 1, model_family: z-image, task_type: quality, width: 512, height: 512, steps: 8, denoise_strength: 0.35}
`;

/** A command, of `vibes` unless another program is named, that has said where it answers. */
export class Service {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(
    args: readonly string[],
    environment: Record<string, string> = {},
    program = VIBES,
  ): Promise<Service> {
    const env = { ...process.env, ...COMPILED_ONCE, ...environment };
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const url = await new Promise<string>((found, refused) => {
      child.stdout.on("data", (chunk: Buffer) => {
        const ready = /^ready (\S+)/m.exec(chunk.toString());
        if (ready?.[1]) found(ready[1]);
      });
      child.once("exit", (status) => refused(new Error(`vibes ${args[0]} ended with ${status}:\n${said}`)));
    });
    return new Service(child, url);
  }

  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await once(this.child, "exit");
  }
}

/** Simulated nodes and a hub over them; what was killed comes back at the same address. */
export class Studio {
  readonly folder = mkdtempSync(join(tmpdir(), "studio-"));
  private nodes = new Map<string, Service>();
  private ports = new Map<string, number>();
  private hub: Service | null = null;
  private models: Service | null = null;
  private hubPort = 0;

  constructor(
    private readonly timeScale: number,
    private readonly presets: "small" | "product",
    /** Whether each node is a process of its own, which can be killed alone. */
    private readonly apart = false,
    /** Further entries of gpus.yaml, which need no process. */
    private readonly generators = "",
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.hubPort}`;
  }

  async start(count = 4): Promise<this> {
    this.hubPort = await freePort();
    const ids = TIERS.slice(0, count).map((tier) => `gpu-${tier}`);
    if (ids.length) await (this.apart ? Promise.all(ids.map((id) => this.startNode(id))) : this.simulate(ids));
    writeFileSync(join(this.folder, "gpus.yaml"), this.fleet());
    writeFileSync(join(this.folder, "flows.yaml"), FLOWS);
    await this.startHub();
    return this;
  }

  /** One that was killed comes back. */
  async startNode(id: string): Promise<void> {
    await this.simulate([id]);
  }

  async killNode(id: string): Promise<void> {
    const node = this.nodes.get(id);
    if (!node) throw new Error(`${id} has no process of its own: test.use({ apart: true })`);
    await node.kill();
  }

  /** In one process, which `ids` names. */
  private async simulate(ids: readonly string[]): Promise<void> {
    const args = ["simulate", "--time-scale", String(this.timeScale)];
    for (const id of ids) {
      const port = this.ports.get(id) ?? (await freePort());
      this.ports.set(id, port);
      const profile = PROFILES[TIERS.findIndex((tier) => id === `gpu-${tier}`)] ?? PROFILES[0];
      args.push("--port", String(port), "--profile", profile);
    }
    this.nodes.set(ids.join(), await Service.start(args));
  }

  async startHub(): Promise<void> {
    const args = ["serve", "--config", join(this.folder, "gpus.yaml"), "--data", join(this.folder, "data")];
    this.hub = await Service.start([...args, "--port", String(this.hubPort)], {
      VIBES_HEALTH_INTERVAL: "1",
      VIBES_RECHECK_INTERVAL: "0.2",
      VIBES_WARM_UP: "false",
      VIBES_ROOT_PATH: BELOW, // at the root it is reached as well
      ...(this.presets === "small" ? { VIBES_FLOWS: join(this.folder, "flows.yaml") } : {}),
    });
  }

  async killHub(): Promise<void> {
    await this.hub?.kill();
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await (await fetch(this.url + path)).json()) as Answer;
  }

  async post<Answer>(path: string, body: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  }

  /** Nothing is left of what was asked for, and what is under way is cancelled. */
  async clear(): Promise<void> {
    for (const kind of ["boards", "sessions", "styles"]) {
      const { [kind]: all = [] } = await this.get<Record<string, { id: string }[]>>(`/api/${kind}`);
      for (const { id } of all) await fetch(`${this.url}/api/${kind}/${id}?for_good=true`, { method: "DELETE" });
    }
  }

  /** From now on a language model says these texts, one a question; `HANG`: nothing ever comes; `CUT`: it dies meanwhile. */
  async giveModels(texts: readonly string[], stages: Readonly<Record<string, string>> = MODELS): Promise<void> {
    await this.models?.kill();
    this.models = await Service.start(["-m", "tests.fakes.llm", ...texts], { PYTHONPATH: ROOT }, PYTHON);
    const server = `servers:\n  home: {kind: ollama, url: "${this.models.url}"}\n`;
    const named = Object.entries(stages).map(([stage, model]) => `  ${stage}: {server: home, model: "${model}"}\n`);
    writeFileSync(join(this.folder, "llm.yaml"), `${server}stages:\n${named.join("")}`);
  }

  async end(): Promise<void> {
    await this.hub?.kill("SIGTERM");
    await this.models?.kill();
    await Promise.all([...this.nodes.values()].map((node) => node.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fleet(): string {
    const entries = [...this.ports].map(([id, port]) => {
      const tier = id.replace("gpu-", "");
      const index = TIERS.findIndex((each) => each === tier);
      return `  - {id: ${id}, name: ${NAMES[index]}, vram_gb: ${VRAM_GB[index]}, tier: ${tier}, host: 127.0.0.1, port: ${port}, capabilities: [sd15, sdxl, z-image, upscale], max_resolution: 2048, max_batch: 1}`;
    });
    return `nodes:\n${entries.join("\n")}\n${this.generators}`;
  }
}

const given = new Set<number>();

/**
 * One that a process may leave and take again: no system hands out a port below 32768 to whoever asks for any. Each
 * worker has a thousand of its own, since a port is free until whoever was told of it has begun to listen.
 */
async function freePort(): Promise<number> {
  const first = 20_000 + 1_000 * (Number(process.env["TEST_PARALLEL_INDEX"] ?? 0) % 12);
  for (;;) {
    const port = randomInt(first, first + 1_000);
    if (given.has(port)) continue;
    given.add(port);
    const server = createServer();
    const free = await new Promise<boolean>((tell) => {
      server.once("error", () => tell(false));
      server.listen(port, "127.0.0.1", () => server.close(() => tell(true)));
    });
    if (free) return port;
  }
}
