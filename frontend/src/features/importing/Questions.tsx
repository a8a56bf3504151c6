import type { ImportDoubt, ImportDrawing } from "@/api/types";
import { Button } from "@/components/Button";
import { bindOf, nodeName, valueText } from "@/features/importing/bindings";
import { titleOf } from "@/features/importing/roles";
import { capitalised } from "@/lib/text";

interface Props {
  drawing: ImportDrawing;
  questions: readonly ImportDoubt[];
  onAnswer: (parameter: string, bind: string | null) => void;
}

/** What the hub was unsure about and has not bound: a person decides. */
export function Questions({ drawing, questions, onAnswer }: Props) {
  if (!questions.length) return null;
  return (
    <section aria-label="Questions" className="grid gap-3">
      {questions.map(({ parameter, candidates, say }) => (
        <fieldset key={parameter} className="grid gap-2 rounded-xl border border-warm bg-panel p-3">
          <legend className="px-1 text-sm font-semibold">Which one is “{titleOf(parameter)}”?</legend>
          <p className="text-sm text-soft">{capitalised(say)}</p>
          <div className="grid gap-1">
            {candidates.map(({ graph_node_id: id, input, value, why }) => {
              const node = drawing.nodes.find((each) => each.id === id);
              return (
                <Button
                  key={bindOf(id, input)}
                  className="min-h-11 justify-start text-left"
                  onClick={() => onAnswer(parameter, bindOf(id, input))}
                >
                  <span className="grid min-w-0">
                    <span className="wrap-anywhere">{valueText(value)}</span>
                    <span className="text-xs text-soft wrap-anywhere">
                      {node ? nodeName(node) : id}, {input}
                      {why && ` – ${why}`}
                    </span>
                  </span>
                </Button>
              );
            })}
            <Button look="quiet" className="min-h-11 justify-start" onClick={() => onAnswer(parameter, null)}>
              None of them
            </Button>
          </div>
        </fieldset>
      ))}
    </section>
  );
}
