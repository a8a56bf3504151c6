import { Button } from "@/components/Button";
import type { Tool } from "@/features/mask/easel";
import { useEasel, usePainter } from "@/features/mask/useEasel";

const TOOLS: readonly { tool: Tool; name: string; key: string }[] = [
  { tool: "brush", name: "Brush", key: "B" },
  { tool: "lasso", name: "Lasso", key: "L" },
  { tool: "rectangle", name: "Rectangle", key: "R" },
  { tool: "hand", name: "Hand", key: "H" },
];

/** All five in one line on a phone. */
const TIGHT = "max-sm:grow max-sm:px-2!";

/** With what is painted, and what changes the whole mask. */
export function Toolbar() {
  return (
    <div className="grid gap-3">
      <Tools />
      <Sliders />
      <WholeMask />
    </div>
  );
}

function Tools() {
  const painter = usePainter();
  const tool = useEasel((easel) => easel.tool);
  const erasing = useEasel((easel) => easel.erasing);
  return (
    <div role="group" aria-label="Tools" className="flex flex-wrap gap-1">
      {TOOLS.map((each) => (
        <Button
          key={each.tool}
          look={tool === each.tool ? "primary" : "plain"}
          className={TIGHT}
          aria-pressed={tool === each.tool}
          title={`${each.name} (${each.key})`}
          onClick={() => painter.choose(each.tool)}
        >
          {each.name}
        </Button>
      ))}
      <Button
        look={erasing ? "primary" : "plain"}
        className={TIGHT}
        aria-pressed={erasing}
        title="Every tool takes away (E)"
        onClick={() => painter.erase(!erasing)}
      >
        Erase
      </Button>
    </div>
  );
}

function Sliders() {
  const painter = usePainter();
  const brush = useEasel((easel) => easel.tool === "brush");
  const size = useEasel((easel) => easel.size);
  const hardness = useEasel((easel) => easel.hardness);
  if (!brush) return null;
  return (
    <div className="grid grid-cols-2 gap-3">
      <Slider label="Size" value={size} least={0.005} most={0.5} step={0.005} onChange={(to) => painter.setSize(to)} />
      <Slider
        label="Hardness"
        value={hardness}
        least={0}
        most={1}
        step={0.05}
        onChange={(to) => painter.setHardness(to)}
      />
    </div>
  );
}

interface SliderProps {
  label: string;
  value: number;
  least: number;
  most: number;
  step: number;
  onChange: (value: number) => void;
}

function Slider({ label, value, least, most, step, onChange }: SliderProps) {
  return (
    <label className="grid text-xs">
      <span className="flex justify-between text-soft">
        <span>{label}</span>
        <span className="tabular-nums">{Math.round(value * 100)} %</span>
      </span>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-label={`${label} of the brush`}
        aria-valuetext={`${Math.round(value * 100)} %`}
        className="h-6 w-full accent-(--accent)"
        onChange={({ target }) => onChange(Number(target.value))}
      />
    </label>
  );
}

function WholeMask() {
  const painter = usePainter();
  const undoable = useEasel((easel) => easel.undoable);
  const redoable = useEasel((easel) => easel.redoable);
  const covered = useEasel((easel) => easel.covered);
  return (
    <div role="group" aria-label="The whole mask" className="flex flex-wrap gap-1">
      <Button disabled={!undoable} title="Undo (Ctrl Z)" onClick={() => painter.undo()}>
        Undo
      </Button>
      <Button disabled={!redoable} title="Redo (Ctrl Shift Z)" onClick={() => painter.redo()}>
        Redo
      </Button>
      <Button title="Invert (I)" onClick={() => painter.invert()}>
        Invert
      </Button>
      <Button disabled={!covered} title="Soften the edges (F)" onClick={() => painter.soften()}>
        Feather
      </Button>
      <Button disabled={!covered} title="Clear (Del)" onClick={() => painter.clear()}>
        Clear
      </Button>
    </div>
  );
}
