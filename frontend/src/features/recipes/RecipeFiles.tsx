import type { RecipeFile } from "@/api/types";
import { presenceOf, usedName, type Presence, type Replacements } from "@/features/recipes/using";
import { modelName } from "@/lib/format";

interface Props {
  files: readonly RecipeFile[];
  replacements: Replacements;
  onReplace: (index: number, name: string) => void;
}

const SIGNS: Readonly<Record<Presence, { sign: string; words: string; ink: string }>> = {
  present: { sign: "✓", words: "on your fleet", ink: "text-good" },
  near: { sign: "≈", words: "not on your fleet; near names are", ink: "text-warm" },
  missing: { sign: "✕", words: "missing: no machine has it", ink: "text-bad" },
};

const KINDS: Readonly<Record<RecipeFile["kind"], string>> = {
  model: "Model",
  lora: "LoRA",
  vae: "VAE",
  controlnet: "ControlNet",
  upscaler: "Upscaler",
  text_encoder: "Text encoder",
};

/** The model files that a picture was made with, and which of them the fleet has. */
export function RecipeFiles({ files, replacements, onReplace }: Props) {
  if (!files.length) return null;
  return (
    <section aria-label="Files">
      <h3 className="mb-1 text-xs font-semibold uppercase tracking-wide text-soft">Files</h3>
      <ul className="grid gap-2">
        {files.map((file, index) => (
          <FileRow
            key={index}
            file={file}
            replacement={replacements[index]}
            onReplace={(name) => onReplace(index, name)}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  file: RecipeFile;
  replacement: string | undefined;
  onReplace: (name: string) => void;
}

function FileRow({ file, replacement, onReplace }: RowProps) {
  const presence = presenceOf(file);
  const { sign, words, ink } = SIGNS[presence];
  const other = file.on_fleet && modelName(file.on_fleet) !== modelName(file.name) ? ` as ${file.on_fleet}` : "";
  return (
    <li data-presence={presence} className="grid gap-1 rounded-lg border border-line p-2 text-sm">
      <p className="wrap-anywhere">
        <span className="text-soft">{KINDS[file.kind]} </span>
        <span className="font-medium">{file.name}</span>
        {file.strength !== null && <span className="text-soft"> at {file.strength}</span>}
      </p>
      <p className={`text-xs ${ink}`}>
        <span aria-hidden>{sign} </span>
        {words}
        {other}
        {file.hash && <span className="text-soft"> · hash {file.hash}</span>}
      </p>
      {presence === "near" && (
        <label className="flex flex-wrap items-center gap-2 text-xs">
          <span className="text-soft">Use instead</span>
          <select
            className="field min-h-9 min-w-0 grow basis-40"
            value={usedName(file, replacement) ?? ""}
            onChange={({ target }) => onReplace(target.value)}
          >
            <option value="">none: leave it out</option>
            {file.near.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
    </li>
  );
}
