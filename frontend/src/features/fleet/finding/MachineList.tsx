import type { FoundMachine } from "@/api/types";

import { keyOf } from "./useSearch";

interface Props {
  machines: readonly FoundMachine[];
  chosen: ReadonlySet<string>;
  onToggle: (key: string) => void;
}

export function MachineList({ machines, chosen, onToggle }: Props) {
  return (
    <ul aria-label="Machines found" className="grid gap-2">
      {machines.map((each) => (
        <Machine
          key={keyOf(each)}
          machine={each}
          chosen={chosen.has(keyOf(each))}
          onToggle={() => onToggle(keyOf(each))}
        />
      ))}
    </ul>
  );
}

function Machine({ machine, chosen, onToggle }: { machine: FoundMachine; chosen: boolean; onToggle: () => void }) {
  const { name, vram_gb: vram, version, tier, tier_why: why, capabilities, known_as: known } = machine;
  return (
    <li className="rounded-xl border border-line bg-raised px-3">
      <label className="flex min-h-11 items-start gap-3 py-2.5 text-sm">
        <input
          type="checkbox"
          className="mt-1 size-4 shrink-0 accent-(--accent)"
          checked={chosen}
          disabled={known !== null}
          onChange={onToggle}
        />
        <span className="grid min-w-0 gap-0.5">
          <span className="font-medium break-words">{name}</span>
          <span className="text-soft">
            {keyOf(machine)}
            {vram > 0 && ` · ${vram} GB`} · ComfyUI {version}
          </span>
          <span className="text-xs text-soft">
            {known === null ? (
              <>
                As <span title={`Guessed ${why}`}>{tier}</span>, for {capabilities.join(", ")}
              </>
            ) : (
              `Is the node ${known} already`
            )}
          </span>
        </span>
      </label>
    </li>
  );
}
