import { useEffect, useState } from "react";

import { Modal } from "@/components/Modal";
import { TAKES_MORE } from "@/components/useArrivingPictures";
import { RecipeActions } from "@/features/recipes/RecipeActions";
import { RecipeFiles } from "@/features/recipes/RecipeFiles";
import { fleetHas, rowsOf, type Replacements } from "@/features/recipes/using";
import { isDocument } from "@/lib/arriving/documents";
import { plural } from "@/lib/format";
import { capitalised } from "@/lib/text";
import { useBroughtStore, type BroughtPicture } from "@/stores/brought";

/** What the pictures that somebody brought were made with, and what can be done with that. */
export function RecipeSheet({ pictures }: { pictures: readonly BroughtPicture[] }) {
  const [shown, setShown] = useState(0);
  useEffect(() => setShown(0), [pictures]);
  const close = () => useBroughtStore.getState().show([]);
  const picture = pictures[shown] ?? pictures[0];
  if (!picture) return null;
  return (
    <Modal side title={headOf(picture)} description={picture.file.name} onClose={close}>
      <div {...TAKES_MORE} className="grid gap-5">
        {pictures.length > 1 && <Pictures pictures={pictures} shown={shown} onShow={setShown} />}
        <Sheet key={shown} picture={picture} onDone={close} />
      </div>
    </Modal>
  );
}

function headOf({ recipe }: BroughtPicture): string {
  if (!recipe) return "No settings to show";
  const maker = [recipe.made_with, recipe.version].filter(Boolean).join(" ");
  return [`Made with ${maker}`, fleetHas(recipe)].filter(Boolean).join("; ");
}

interface PicturesProps {
  pictures: readonly BroughtPicture[];
  shown: number;
  onShow: (index: number) => void;
}

function Pictures({ pictures, shown, onShow }: PicturesProps) {
  return (
    <section aria-label="Pictures">
      <p className="mb-1 text-sm text-soft">{plural(pictures.length, "picture")}: choose one to see its settings.</p>
      <ul className="flex max-h-44 flex-wrap gap-2 overflow-y-auto">
        {pictures.map(({ file, recipe }, index) => (
          <li key={index}>
            <button
              type="button"
              aria-current={index === shown}
              aria-label={`${file.name}, ${recipe ? `made with ${recipe.made_with}` : "no settings"}`}
              title={file.name}
              className="grid size-16 overflow-hidden rounded-lg border-2 border-line bg-raised aria-[current=true]:border-accent"
              onClick={() => onShow(index)}
            >
              <Face file={file} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sheet({ picture: { file, recipe, problem }, onDone }: { picture: BroughtPicture; onDone: () => void }) {
  const [replacements, setReplacements] = useState<Replacements>({});
  return (
    <>
      {!isDocument(file) && (
        <div className="grid max-h-64 place-items-center overflow-hidden rounded-xl bg-raised">
          <Face file={file} alt={file.name} />
        </div>
      )}
      {problem && (
        <p role="alert" className="text-sm text-warm">
          {capitalised(problem)}
        </p>
      )}
      <RecipeActions file={file} recipe={recipe} replacements={replacements} onDone={onDone} />
      {recipe && (
        <>
          <Words title="Prompt" text={recipe.settings["prompt"]} />
          <Words title="Without" text={recipe.settings["negative_prompt"]} />
          <Settings settings={recipe.settings} />
          <RecipeFiles
            files={recipe.files}
            replacements={replacements}
            onReplace={(index, name) => setReplacements({ ...replacements, [index]: name })}
          />
          <Notes notes={recipe.notes} />
        </>
      )}
    </>
  );
}

/** The file itself, which nobody has uploaded. */
function Face({ file, alt = "" }: { file: File; alt?: string }) {
  const [url, setUrl] = useState("");
  const [broken, setBroken] = useState(isDocument(file));
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (broken) return <span className="place-self-center p-1 text-center text-xs text-soft">{alt || "Text"}</span>;
  if (!url) return null;
  return <img src={url} alt={alt} className="size-full object-contain" onError={() => setBroken(true)} />;
}

const HEAD = "mb-1 text-xs font-semibold uppercase tracking-wide text-soft";

function Words({ title, text }: { title: string; text: unknown }) {
  if (typeof text !== "string" || !text) return null;
  return (
    <section>
      <h3 className={HEAD}>{title}</h3>
      <p dir="auto" className="max-h-40 overflow-y-auto text-sm whitespace-pre-wrap" tabIndex={0}>
        {text}
      </p>
    </section>
  );
}

function Settings({ settings }: { settings: Readonly<Record<string, unknown>> }) {
  const rows = rowsOf(settings);
  if (!rows.length) return null;
  return (
    <section>
      <h3 className={HEAD}>Settings</h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (!notes.length) return null;
  return (
    <section>
      <h3 className={HEAD}>Notes</h3>
      <ul className="grid list-disc gap-1 pl-4 text-sm text-soft">
        {notes.map((each) => (
          <li key={each}>{capitalised(each)}</li>
        ))}
      </ul>
    </section>
  );
}
