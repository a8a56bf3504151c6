/** Which picture of a batch stands in which cell of its grid; pure. */
import type { Batch } from "@/api/types";
import { same } from "@/lib/mergePatch";
import { parameterName, valueInWords } from "@/lib/varied";

export interface GridShown {
  /** What the columns are, and what the rows; empty without rows. */
  across: string;
  down: string;
  columns: readonly string[];
  /** One without a name where there is no second axis. */
  rows: readonly { name: string; ids: readonly (string | null)[] }[];
}

/** Null for a batch that is no grid. */
export function gridShown({ axes, generations }: Batch): GridShown | null {
  const [x, y] = axes;
  if (!x) return null;
  const idAt = (column: unknown, row?: unknown): string | null =>
    generations.find(({ varied }) => same(varied[x.parameter], column) && (!y || same(varied[y.parameter], row)))?.id ??
    null;
  const inWords = ({ parameter, values }: typeof x) => values.map((each) => valueInWords(parameter, each));
  return {
    across: parameterName(x.parameter),
    down: y ? parameterName(y.parameter) : "",
    columns: inWords(x),
    rows: y
      ? inWords(y).map((name, row) => ({ name, ids: x.values.map((each) => idAt(each, y.values[row])) }))
      : [{ name: "", ids: x.values.map((each) => idAt(each)) }],
  };
}
