import { Button } from "@/components/Button";
import { boundIn, openQuestions } from "@/features/importing/bindings";
import { discard, forget, keep, useImportStore, type Importing } from "@/features/importing/importStore";
import { plural } from "@/lib/format";
import { capitalised } from "@/lib/text";
import type { BroughtWorkflow } from "@/stores/brought";

interface Props {
  workflows: readonly BroughtWorkflow[];
  byKey: Readonly<Record<string, Importing>>;
}

/** Several files at once: each with what it is, and whether anything is to be asked. */
export function FileTable({ workflows, byKey }: Props) {
  const ready = workflows.filter(({ key }) => isReady(byKey[key]));
  const unsaved = workflows.map(({ key }) => key).filter((key) => !byKey[key]?.saved);
  const saveAll = async () => {
    for (const { key } of ready) await keep(key);
  };
  return (
    <section aria-label="Files" className="grid gap-3">
      <table className="w-full text-sm max-md:block">
        <thead className="text-left text-xs text-soft max-md:hidden">
          <tr>
            {["File", "What it does", "Found", "To look at", ""].map((each) => (
              <th key={each} scope="col" className="px-3 py-1 font-normal">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:grid max-md:gap-2">
          {workflows.map((workflow) => (
            <FileRow key={workflow.key} workflow={workflow} state={byKey[workflow.key]} />
          ))}
        </tbody>
      </table>
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" className="min-h-11" disabled={!ready.length} onClick={() => void saveAll()}>
          {ready.length ? `Save ${plural(ready.length, "workflow")}` : "Nothing can be saved unseen"}
        </Button>
        {unsaved.length > 0 && (
          <Button look="quiet" className="min-h-11" onClick={() => discard(unsaved)}>
            Discard all that {unsaved.length > 1 ? "are" : "is"} not saved
          </Button>
        )}
        <p className="text-sm text-soft">Those without a question are saved, under the names of their files.</p>
      </div>
    </section>
  );
}

const isReady = (state: Importing | undefined): boolean =>
  Boolean(state?.found && !state.saved && !state.saving && !state.problem && !toLookAt(state));

/** What a person should look at before it is saved, in few words; empty: nothing. */
function toLookAt({ found, corrections }: Importing): string {
  if (!found) return "";
  const questions = openQuestions(found, corrections).length;
  const missing = found.missing_classes.length;
  const told = [
    questions && plural(questions, "question"),
    missing && `${plural(missing, "class", "classes")} missing`,
  ];
  return told.filter(Boolean).join(", ");
}

const CELL = "px-3 py-2 align-middle max-md:block max-md:p-0";

function FileRow({ workflow: { key, name }, state }: { workflow: BroughtWorkflow; state: Importing | undefined }) {
  const found = state?.found;
  const wait = state?.saved ? "" : capitalised(state?.problem ?? "") || (state && toLookAt(state));
  const open = () => useImportStore.setState({ shown: key });
  return (
    <tr className="border-t border-line max-md:grid max-md:gap-1 max-md:rounded-xl max-md:border max-md:bg-panel max-md:p-3">
      <th scope="row" className={`${CELL} text-left font-medium wrap-anywhere md:min-w-48`}>
        {name}
      </th>
      <td className={`${CELL} md:whitespace-nowrap`}>
        {found ? `${found.operation}, ${found.family}` : state?.problem ? "" : "Reading…"}
      </td>
      <td className={`${CELL} md:whitespace-nowrap`}>
        {found && `${plural(boundIn(found, state.corrections).length, "parameter")} found`}
      </td>
      <td className={`${CELL} ${wait ? "text-warm" : "text-soft"}`}>
        {state?.saved ? `Saved as ${state.name}` : wait || (found && "No question")}
      </td>
      <td className={`${CELL} md:text-right md:whitespace-nowrap`}>
        <span className="inline-flex gap-1">
          <Button aria-label={`Look at ${name}`} onClick={open}>
            Look
          </Button>
          <Button
            look="quiet"
            aria-label={`Take ${name} off the list`}
            onClick={() => (state?.saved ? forget(key) : discard([key]))}
          >
            Remove
          </Button>
        </span>
      </td>
    </tr>
  );
}
