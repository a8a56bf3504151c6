/** A side of the grid as it is written, and as it is asked for; pure. */
import type { AxisDraft } from "@/features/explorer/state";

export interface Kind {
  parameter: string;
  name: string;
  /** What is typed besides the values; left out: nothing. */
  of?: string;
  numbers: boolean;
  presets: readonly string[];
  hint: string;
}

export const KINDS: readonly Kind[] = [
  { parameter: "seed", name: "Seed", numbers: true, presets: ["1..4", "1..9"], hint: "1..4" },
  { parameter: "steps", name: "Steps", numbers: true, presets: ["10, 20, 30", "10..50:10"], hint: "10, 20, 30" },
  { parameter: "cfg_scale", name: "Guidance", numbers: true, presets: ["4, 7, 10", "3..11:2"], hint: "3..11:2" },
  {
    parameter: "sampler",
    name: "Sampler",
    numbers: false,
    presets: ["euler, dpmpp_2m", "euler, euler_ancestral, dpmpp_2m, ddim"],
    hint: "euler, dpmpp_2m",
  },
  {
    parameter: "scheduler",
    name: "Scheduler",
    numbers: false,
    presets: ["normal, karras", "normal, karras, exponential, simple"],
    hint: "normal, karras",
  },
  {
    parameter: "denoise_strength",
    name: "Strength",
    numbers: true,
    presets: ["0.3, 0.5, 0.7", "0.2..0.9:0.1"],
    hint: "0.2..0.8:0.2",
  },
  { parameter: "checkpoint", name: "Model", numbers: false, presets: [], hint: "one.safetensors, other.safetensors" },
  { parameter: "lora", name: "LoRA weight", of: "LoRA", numbers: true, presets: ["0..1:0.25"], hint: "0..1:0.25" },
  {
    parameter: "wording",
    name: "Wording",
    of: "Words to replace (none: add to the end)",
    numbers: false,
    presets: [],
    hint: "cat | dog | fox",
  },
];

export const kindOf = (parameter: string): Kind =>
  KINDS.find((each) => each.parameter === parameter) ?? {
    parameter,
    name: parameter,
    numbers: false,
    presets: [],
    hint: "",
  };

/** What the hub draws at most in one submission. */
export const MOST = 500;

export type Values = { values: readonly (string | number)[]; problem: null } | { values: null; problem: string };

const wrong = (problem: string): Values => ({ values: null, problem });

/**
 * Values with commas between them, or with `|` where a value has a comma; of numbers also `10..30` in ones, `10..30:5`
 * in steps of five, `5..9/3` for three at equal distances.
 */
export function valuesOf({ parameter, of, values: text }: AxisDraft): Values {
  const kind = kindOf(parameter);
  if (kind.parameter === "lora" && !of.trim()) return wrong("Choose a LoRA");
  const parts = text.split(text.includes("|") ? "|" : ",").map((each) => each.trim());
  const given = parts.filter(Boolean);
  if (!given.length) return wrong("Write at least one value");
  const found: (string | number)[] = [];
  for (const each of given) {
    if (!kind.numbers) found.push(each);
    else {
      const numbers = numbersOf(each, parameter === "seed" || parameter === "steps");
      if (typeof numbers === "string") return wrong(numbers);
      found.push(...numbers);
    }
    if (found.length > MOST) return wrong(`At most ${MOST} values`);
  }
  const twice = found.find((each, index) => found.indexOf(each) < index);
  return twice === undefined ? { values: found, problem: null } : wrong(`${twice} is there twice`);
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?:([:/])(${NUMBER}))?$`);

function numbersOf(text: string, whole: boolean): number[] | string {
  const range = RANGE.exec(text);
  if (!range) {
    const number = Number(text);
    if (!Number.isFinite(number)) return `${text} is no number`;
    return whole && !Number.isInteger(number) ? `${text} is no whole number` : [number];
  }
  const [from, to, by] = [Number(range[1]), Number(range[2]), Number(range[4] ?? 1)];
  const numbers = range[3] === "/" ? inParts(from, to, by) : inSteps(from, to, by);
  if (!numbers) return `${text} has no values in between`;
  if (whole && numbers.some((each) => !Number.isInteger(each))) return `${text} has values that are not whole`;
  return numbers;
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

function inSteps(from: number, to: number, step: number): number[] | null {
  if (step <= 0) return null;
  const count = Math.floor(Math.abs(to - from) / step + 1e-9) + 1;
  if (count > MOST + 1) return Array.from({ length: MOST + 1 }, (_, index) => index); // too many, which is said
  return Array.from({ length: count }, (_, index) => rounded(from + Math.sign(to - from) * index * step));
}

function inParts(from: number, to: number, count: number): number[] | null {
  if (!Number.isInteger(count) || count < 2 || from === to) return null;
  const parts = Math.min(count, MOST + 1);
  return Array.from({ length: parts }, (_, index) => rounded(from + ((to - from) * index) / (parts - 1)));
}

/** As the hub is asked for it. */
export function axisBody({ parameter, of }: AxisDraft, values: readonly (string | number)[]): object {
  const words = of.trim();
  return {
    parameter,
    ...(parameter === "wording" && words && { find: words }),
    ...(parameter === "lora" && { lora: words }),
    values,
  };
}

/** The grid's columns and rows with what is wrong; `count`: its pictures, null where something is wrong. */
export function gridOf(x: AxisDraft, y: AxisDraft | null): { x: Values; y: Values | null; count: number | null } {
  const [across, down] = [valuesOf(x), y && valuesOf(y)];
  const same = y && y.parameter === x.parameter && y.of.trim() === x.of.trim();
  const other = same && down?.values ? wrong("The same as across: choose another one") : down;
  const count = across.values && (!other || other.values) ? across.values.length * (other?.values.length ?? 1) : null;
  if (count !== null && count > MOST) return { x: wrong(`${count} pictures; at most ${MOST}`), y: other, count: null };
  return { x: across, y: other, count };
}
