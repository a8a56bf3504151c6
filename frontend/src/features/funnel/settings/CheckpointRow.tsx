import { withTicket } from "@/api/client";
import type { ModelFile, Models } from "@/api/types";
import { refusalOf, whereItIs } from "@/features/funnel/settings/offered";
import { modelName } from "@/lib/format";
import { useGpuStore } from "@/stores/gpuStore";

interface Props {
  file: ModelFile;
  /** Whether it would be given a picture to start from. */
  fromPicture: boolean;
  /** The stage's family. */
  family: string;
  models: Models;
  onChoose: (name: string) => unknown;
  /** Null: tell the family by the name again. */
  onFamily: (name: string, family: string | null) => unknown;
}

/** One file of the fleet, to choose it, or to correct its family. */
export function CheckpointRow({ file, fromPicture, family, models, onChoose, onFamily }: Props) {
  const other = file.family !== null && file.family !== family;
  const gpus = useGpuStore((store) => store.gpus);
  const refused = refusalOf(file, fromPicture, gpus);
  return (
    <li className="flex flex-wrap items-center gap-x-2 rounded-lg hover:bg-raised">
      <button
        type="button"
        disabled={other || file.special !== null || refused !== null}
        className="flex min-w-0 grow basis-60 items-center gap-3 p-2 text-left text-sm disabled:opacity-60"
        onClick={() => void onChoose(file.name)}
      >
        {file.last ? (
          <img src={withTicket(file.last.thumbnail_url)} alt="" className="size-12 shrink-0 rounded object-cover" />
        ) : (
          <span className="size-12 shrink-0 rounded bg-raised" />
        )}
        <span className="min-w-0 grow">
          <span className="block truncate font-medium" title={file.name}>
            {modelName(file.name)}
          </span>
          <span className="block text-xs text-soft">{refused ?? aboutIt(file, family, models)}</span>
        </span>
        <span className="shrink-0 text-xs text-soft" title={file.nodes.join(", ")}>
          {whereItIs(file, gpus)}
        </span>
      </button>
      {!file.special && (
        <select
          aria-label={`Family of ${modelName(file.name)}`}
          className="field mr-2 w-auto py-1 text-xs max-sm:mb-2 max-sm:ml-17"
          value={file.family ?? ""}
          onChange={({ target }) => void onFamily(file.name, target.value || null)}
        >
          <option value="">{file.family === null ? "which family?" : "go by its name"}</option>
          {[
            ...new Set([...(file.family === null ? [] : [file.family]), ...models.families.map((each) => each.family)]),
          ].map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </li>
  );
}

function aboutIt(file: ModelFile, family: string, models: Models): string {
  if (file.special) return `made for ${file.special}, not for whole pictures`;
  if (file.family === null) return `its name does not tell the family; choose it if it is of ${family}`;
  if (file.family === family) return `${file.family}, ${file.why}`;
  const found = models.families.find((each) => each.family === file.family);
  if (!found) return `of ${file.family}, for which there is no workflow`;
  return found.from_text.file
    ? `of ${file.family}; choose that family above to draw with it`
    : `of ${file.family}: ${found.from_text.why}`;
}
