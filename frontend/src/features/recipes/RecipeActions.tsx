import { useState } from "react";

import { bringWorkflow } from "@/actions/arriving/bringing";
import type { Recipe } from "@/api/types";
import { Button } from "@/components/Button";
import { formHere, startFromFile, takeSettings, type Form } from "@/features/recipes/acts";
import { usable, type Replacements } from "@/features/recipes/using";
import { isDocument } from "@/lib/arriving/documents";

interface Props {
  file: File;
  recipe: Recipe | null;
  replacements: Replacements;
  onDone: () => void;
}

/** What can be done with the picture and its recipe. */
export function RecipeActions({ file, recipe, replacements, onDone }: Props) {
  const [busy, setBusy] = useState(false);
  const [here] = useState(formHere);
  const there: Form = here === "editor" ? "workbench" : "editor";
  const take = (form: Form) => {
    if (!recipe) return;
    onDone();
    takeSettings(usable(recipe, replacements), form);
  };
  const start = async () => {
    setBusy(true);
    const begun = await startFromFile(file, recipe, here);
    setBusy(false);
    if (begun) onDone();
  };
  const workflow = recipe?.workflow;
  const hasSettings = recipe !== null && Object.keys(recipe.settings).length > 0;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        {hasSettings && (
          <Button look="primary" className="min-h-11" onClick={() => take(here)}>
            Use settings
          </Button>
        )}
        {!isDocument(file) && (
          <Button
            look={hasSettings ? "plain" : "primary"}
            className="min-h-11"
            disabled={busy}
            onClick={() => void start()}
          >
            {busy ? "Uploading…" : "Start from this picture"}
          </Button>
        )}
        {workflow && (
          <Button
            className="min-h-11"
            onClick={() => {
              onDone();
              bringWorkflow(`${workflow.name}.json`, workflow.document);
            }}
          >
            Import as workflow
          </Button>
        )}
        {hasSettings && (
          <Button look="quiet" className="min-h-11" onClick={() => take(there)}>
            {there === "workbench" ? "Use in the workbench" : "Use in the studio"}
          </Button>
        )}
      </div>
      {hasSettings && <Whither form={here} />}
    </div>
  );
}

function Whither({ form }: { form: Form }) {
  return (
    <p className="text-xs text-soft">
      They go into {form === "workbench" ? "the workbench’s form" : "the studio’s editor"}; Undo brings back what stands
      there.
    </p>
  );
}
