import type { ImportDrawing } from "@/api/types";
import { bindOf, nodeName, valueText, type Bound } from "@/features/importing/bindings";
import { INKS, roleOf, titleOf } from "@/features/importing/roles";
import { plural } from "@/lib/format";

interface Props {
  drawing: ImportDrawing;
  bound: readonly Bound[];
  /** The parameter for which an input is being chosen. */
  choosing: string | null;
  onChoose: (bind: string) => void;
  onSee: (bind: string) => void;
}

/** The graph in words: each node with its inputs, for the keyboard, for screen readers and for long values. */
export function NodeList({ drawing, bound, choosing, onChoose, onSee }: Props) {
  const taken = new Map(bound.flatMap(({ parameter, places }) => places.map(({ bind }) => [bind, parameter] as const)));
  return (
    <details open={choosing !== null || undefined} className="rounded-xl border border-line">
      <summary className="min-h-11 px-3 py-2.5 text-sm">
        The graph as a list: {plural(drawing.nodes.length, "graph node")}, {plural(drawing.links.length, "link")}
      </summary>
      <ul aria-label="Graph nodes" className="grid gap-3 border-t border-line p-3">
        {drawing.nodes.map((node) => (
          <li key={node.id}>
            <p className="text-sm font-medium wrap-anywhere">{nodeName(node)}</p>
            <ul className="grid">
              {node.inputs.map(({ name, value }) => {
                const bind = bindOf(node.id, name);
                return (
                  <li key={name}>
                    <InputRow
                      {...{ name, value, choosing }}
                      parameter={taken.get(bind)}
                      onPress={() => (choosing ? onChoose(bind) : onSee(bind))}
                    />
                  </li>
                );
              })}
              {!node.inputs.length && <li className="px-2 text-xs text-soft">No values of its own</li>}
            </ul>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface RowProps {
  name: string;
  value: unknown;
  parameter: string | undefined;
  choosing: string | null;
  onPress: () => void;
}

function InputRow({ name, value, parameter, choosing, onPress }: RowProps) {
  return (
    <button
      type="button"
      title={choosing ? `Give it ${titleOf(choosing)}` : "Show it in the drawing"}
      className="flex min-h-9 w-full flex-wrap items-center gap-x-2 rounded-lg px-2 py-1 text-left text-xs hover:bg-raised"
      onClick={onPress}
    >
      <span className="text-soft">{name}</span>
      <span className="min-w-0 wrap-anywhere">{valueText(value, 200)}</span>
      {parameter && <span className={`font-semibold ${INKS[roleOf(parameter)].ink}`}>{titleOf(parameter)}</span>}
    </button>
  );
}
