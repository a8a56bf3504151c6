import type { HubProblem } from "@/api/client";
import { Field } from "@/components/Field";
import { SeedText } from "@/components/SeedText";
import { seedProblem } from "@/lib/seed";
import { stageOf, useSessionStore } from "@/stores/sessionStore";

const NUMBERS = [
  { name: "count", label: "Pictures", min: 1, max: 1000, step: 1 },
  { name: "steps", label: "Steps", min: 1, max: 150, step: 1 },
  { name: "width", label: "Width", min: 64, max: 16384, step: 8 },
  { name: "height", label: "Height", min: 64, max: 16384, step: 8 },
  { name: "denoise_strength", label: "Strength", min: 0, max: 1, step: 0.05 },
] as const;

const HINTS: Record<string, string> = {
  denoise_strength: "How far from its draft: 0 keeps it, 1 forgets it.",
};

const outside = (value: number | null | undefined, { min, max }: { min: number; max: number }): string | undefined =>
  value != null && (value < min || value > max) ? `From ${min} to ${max}` : undefined;

/** The numbers that every stage has; an empty field means the preset's value. */
export function NumberFields({ stage, problem }: { stage: number; problem: HubProblem | null }) {
  const { flows, config, changeStage } = useSessionStore();
  const settings = stageOf(flows, config, stage);
  const own = config.stages[stage] ?? {};
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2">
      {NUMBERS.filter(({ name }) => name !== "denoise_strength" || stage > 0).map(({ name, label, ...limits }) => (
        <Field key={name} label={label} hint={HINTS[name]} error={outside(own[name], limits) ?? problem?.about(name)}>
          {(control) => (
            <input
              {...control}
              {...limits}
              type="number"
              className="field"
              value={own[name] ?? ""}
              placeholder={String(settings?.[name] ?? "")}
              onChange={({ target }) =>
                changeStage(stage, { [name]: target.value === "" ? null : Number(target.value) })
              }
            />
          )}
        </Field>
      ))}
      <Field
        label="Seed"
        hint="Of the first picture; empty: random."
        error={seedProblem(own.seed) ?? problem?.about("seed")}
      >
        {(control) => (
          <SeedText
            control={control}
            seed={own.seed ?? null}
            placeholder="random"
            onChange={(seed) => changeStage(stage, { seed })}
          />
        )}
      </Field>
    </div>
  );
}
