import type { Control } from "@/components/Field";
import { seedOf, type Seed } from "@/lib/seed";

interface Props {
  control: Control;
  seed: Seed | null;
  placeholder: string;
  className?: string;
  onChange: (seed: Seed | null) => void;
}

/** Any seed of 64 bits; a number field would round it. */
export function SeedText({ control, seed, placeholder, className = "", onChange }: Props) {
  return (
    <input
      {...control}
      type="text"
      inputMode="numeric"
      autoComplete="off"
      className={`field ${className}`}
      value={seed ?? ""}
      placeholder={placeholder}
      onChange={({ target }) => onChange(seedOf(target.value))}
    />
  );
}
