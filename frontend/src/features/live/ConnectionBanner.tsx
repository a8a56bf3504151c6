import type { Gpu } from "@/api/types";
import { hrefOf } from "@/lib/route";
import { useGpuStore } from "@/stores/gpuStore";
import { useUiStore } from "@/stores/uiStore";

/** Faults that affect the pictures: connection, hub, GPUs. */
export function ConnectionBanner() {
  const connection = useUiStore((store) => store.connection);
  const { gpus, reachable, configProblems, storageProblem, hubProblems } = useGpuStore();
  const usable = gpus.some((gpu) => gpu.healthy);
  if (reachable === false || connection === "lost") {
    return (
      <Banner tone="bad" away>
        The hub does not answer. What it has accepted is safe and goes on when it is back; this page reconnects by
        itself.
      </Banner>
    );
  }
  if (connection === "unreadable") {
    return (
      <Banner tone="warm" away>
        This page does not understand what the hub tells it, and asks again. Reload the page if this stays: the hub may
        have been updated since.
      </Banner>
    );
  }
  if (storageProblem) return <Banner tone="bad">Finished pictures wait, and none is lost: {storageProblem}</Banner>;
  if (configProblems.length) {
    return (
      <Banner tone="warm">
        The newest gpus.yaml is not in force:{" "}
        {configProblems.map((each) => `line ${each.line}: ${each.message}`).join("; ")}
      </Banner>
    );
  }
  if (hubProblems.length) {
    return <Banner tone="warm">Something in the hub is broken, all else goes on: {hubProblems.join("; ")}</Banner>;
  }
  if (reachable && !usable) {
    const starting = gpus.some((gpu) => gpu.state === "starting");
    return (
      <Banner tone="warm">
        {gpus.length === 0
          ? "No GPU yet: put your machines into config/gpus.yaml, the hub follows by itself."
          : starting
            ? "Asking the GPUs what they can do…"
            : `No GPU takes work at present: ${gpus.map((gpu) => told(gpu)).join("; ")}. ${whatToDo(gpus)}`}
      </Banner>
    );
  }
  return null;
}

/** The reason of a GPU that cannot be reached names the GPU itself. */
const told = ({ name, reason, reason_code, state }: Gpu): string =>
  reason && reason_code === "unreachable" ? reason : `${name} ${reason ?? state}`;

/** Nobody can start a ComfyUI on a machine that is not rented yet, or at a provider. */
const whatToDo = (gpus: readonly Gpu[]): string =>
  gpus.some((gpu) => gpu.url && gpu.reason_code !== "not_rented")
    ? "Start ComfyUI there; what you ask for waits until then."
    : "What you ask for waits until then.";

interface Props {
  tone: "bad" | "warm";
  /** The hub could not answer what is wrong. */
  away?: boolean;
  children: React.ReactNode;
}

function Banner({ tone, away = false, children }: Props) {
  return (
    <div
      role="alert"
      className={`border-t px-4 py-2 text-sm ${tone === "bad" ? "border-bad text-bad" : "border-warm text-warm"}`}
    >
      {children}
      {!away && (
        <>
          {" "}
          <a href={hrefOf({ page: "doctor" })} className="whitespace-nowrap underline">
            What to do
          </a>
        </>
      )}
    </div>
  );
}
