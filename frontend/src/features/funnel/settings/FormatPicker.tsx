import { FORMATS, formatOf } from "@/actions/pictureFormat";
import { presetStage, useSessionStore } from "@/stores/sessionStore";

/** The drafts' format; a later picture has the shape of the picture that it starts from. */
export function FormatPicker() {
  const { flows, config, change, changeStage } = useSessionStore();
  const preset = presetStage(flows, config, 0);
  const chosen = formatOf(config, preset);
  const choose = (format: string) => {
    change({ format });
    if (format === "free") changeStage(0, { width: preset?.width ?? 512, height: preset?.height ?? 512 });
    else changeStage(0, { width: null, height: null });
  };
  return (
    <fieldset className="flex flex-wrap items-center gap-1 text-sm">
      <legend className="sr-only">Format</legend>
      {FORMATS.map(({ id, name, ratio }) => (
        <label
          key={id}
          className="flex cursor-pointer items-center gap-1.5 rounded-lg border border-line px-2 py-1 text-soft has-checked:border-accent has-checked:text-text has-focus-visible:outline-2"
        >
          <input type="radio" name="format" className="sr-only" checked={chosen === id} onChange={() => choose(id)} />
          {ratio && <span aria-hidden className="h-3.5 border border-current" style={{ aspectRatio: ratio }} />}
          {name}
        </label>
      ))}
      {chosen === "free" && (
        <span className="flex items-center gap-1">
          {(["width", "height"] as const).map((side) => (
            <input
              key={side}
              type="number"
              aria-label={side === "width" ? "Width of the drafts" : "Height of the drafts"}
              className="field w-20"
              min={64}
              max={16384}
              step={8}
              value={config.stages[0]?.[side] ?? ""}
              onChange={({ target }) => changeStage(0, { [side]: target.value === "" ? null : Number(target.value) })}
            />
          ))}
        </span>
      )}
    </fieldset>
  );
}
