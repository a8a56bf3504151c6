import { copyText } from "@/actions/copyText";

/** The hub's advice; a command in it can be copied. */
export function Advice({ text }: { text: string }) {
  return text
    .split("`")
    .map((part, index) => (index % 2 ? <Command key={index} command={part} /> : <span key={index}>{part}</span>));
}

export function Command({ command }: { command: string }) {
  return (
    <button
      type="button"
      title="Copy"
      aria-label={`Copy: ${command}`}
      className="mx-0.5 inline-block rounded border border-line bg-raised px-1.5 py-0.5 font-mono text-xs text-text hover:border-soft"
      onClick={() => void copyText(command, "Copied", "The browser does not allow copying")}
    >
      {command}{" "}
      <span aria-hidden className="font-sans text-soft">
        copy
      </span>
    </button>
  );
}
