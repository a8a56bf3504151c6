/** Converts a measured speed into the seconds of a picture with the family's usual size and steps. */
import { familyName } from "@/lib/families";
import { seconds } from "@/lib/format";

interface Usual {
  side: number;
  steps: number;
}

const USUAL = new Map<string, Usual>(
  Object.entries({
    sd15: { side: 512, steps: 20 },
    sdxl: { side: 1024, steps: 25 },
    pony: { side: 1024, steps: 25 },
    illustrious: { side: 1024, steps: 25 },
    flux: { side: 1024, steps: 20 },
    "qwen-image": { side: 1024, steps: 20 },
    "z-image": { side: 1024, steps: 8 },
  }),
);

/** What needs no model of any family counts as one step: enlarging, and reading a control picture. */
const WITHOUT_MODEL = "any";
const ENLARGED_SIDE = 2048;

export function speedWords(family: string, secondsPerStepMegapixel: number): string {
  if (family === WITHOUT_MODEL) {
    return `Upscaling to ${ENLARGED_SIDE}² ≈ ${seconds((secondsPerStepMegapixel * ENLARGED_SIDE ** 2) / 1_000_000)}`;
  }
  const { side, steps } = USUAL.get(family) ?? { side: 1024, steps: 20 };
  const taken = (secondsPerStepMegapixel * steps * side * side) / 1_000_000;
  return `${familyName(family)} ${side}² ${steps} steps ≈ ${seconds(taken)}`;
}
