import { strengthInWords } from "@/lib/strength";

interface Props {
  label: string;
  value: number;
  onChange: (value: number) => void;
}

/** How much of a picture is drawn anew, with its meaning in words. */
export function StrengthSlider({ label, value, onChange }: Props) {
  const words = strengthInWords(value);
  return (
    <label className="grid gap-1 text-sm">
      <span className="flex justify-between gap-2">
        <span>{label}</span>
        <span className="tabular-nums text-soft">{Math.round(value * 100)} %</span>
      </span>
      <input
        type="range"
        min={0.05}
        max={1}
        step={0.05}
        value={value}
        aria-valuetext={`${Math.round(value * 100)} %: ${words}`}
        className="h-7 w-full accent-(--accent)"
        onChange={({ target }) => onChange(Number(target.value))}
      />
      <span className="text-xs text-soft">{words}</span>
    </label>
  );
}
