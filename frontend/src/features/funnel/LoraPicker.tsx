import { useState } from "react";

import { useFleetModels } from "@/features/funnel/useLibrary";
import { modelName, plural } from "@/lib/format";
import type { StageSettings } from "@/stores/sessionStore";

type Loras = NonNullable<StageSettings["loras"]>;

interface Props {
  loras: Loras;
  most: number;
  onChange: (loras: Loras) => void;
}

/** The LoRAs that some node has, searchable; each with its strength once it is chosen. */
export function LoraPicker({ loras, most, onChange }: Props) {
  const [search, setSearch] = useState("");
  const files = useFleetModels("loras");
  const wanted = search.trim().toLowerCase();
  const found = [...files].filter(([file]) => file.toLowerCase().includes(wanted) && !loras.some((each) => each.name === file));
  return (
    <fieldset className="grid gap-2">
      <legend className="text-sm font-medium">LoRAs</legend>
      <ul className="grid gap-2">
        {loras.map((lora) => (
          <li key={lora.name} className="grid gap-1 rounded-lg bg-raised p-2 text-sm">
            <span className="flex justify-between gap-2">
              <span className="truncate" title={lora.name}>
                {modelName(lora.name)}
              </span>
              <button type="button" aria-label={`Remove ${modelName(lora.name)}`} onClick={() => onChange(loras.filter((each) => each !== lora))}>
                ✕
              </button>
            </span>
            <label className="flex items-center gap-2 text-xs text-soft">
              <input
                type="range"
                min={-1}
                max={2}
                step={0.05}
                value={lora.strength_model}
                aria-label={`Strength of ${modelName(lora.name)}`}
                className="grow accent-(--accent)"
                onChange={(event) =>
                  onChange(loras.map((each) => (each === lora ? { ...each, strength_model: Number(event.target.value) } : each)))
                }
              />
              <span className="w-10 text-right tabular-nums">{lora.strength_model.toFixed(2)}</span>
            </label>
          </li>
        ))}
      </ul>
      {loras.length < most ? (
        <>
          <input
            type="search"
            className="field"
            aria-label="Search LoRAs"
            placeholder={`Search ${plural(files.size, "LoRA")}`}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <ul className="max-h-40 overflow-y-auto rounded-lg border border-line text-sm" aria-label="LoRAs that the fleet has">
            {found.map(([file, nodes]) => (
              <li key={file}>
                <button
                  type="button"
                  className="flex w-full justify-between gap-2 px-3 py-1.5 text-left hover:bg-raised"
                  onClick={() => onChange([...loras, { name: file, strength_model: 1 }])}
                >
                  <span className="truncate" title={file}>
                    {modelName(file)}
                  </span>
                  <span className="shrink-0 text-xs text-soft">{plural(nodes.length, "node")}</span>
                </button>
              </li>
            ))}
            {!found.length && <li className="px-3 py-2 text-soft">{files.size ? "None of that name." : "No node lists a LoRA."}</li>}
          </ul>
        </>
      ) : (
        <p className="text-xs text-soft">{most ? `This workflow takes ${plural(most, "LoRA")}.` : "This family's workflow takes no LoRA."}</p>
      )}
    </fieldset>
  );
}
