import { useId, useState } from "react";

import { Button } from "@/components/Button";
import { WordDiff } from "@/components/WordDiff";

interface Props {
  name: string;
  before: string;
  value: string;
  onChange: (text: string) => void;
}

/** A text as it was and as it would be, in one; it can be written in. */
export function TextChange({ name, before, value, onChange }: Props) {
  const id = useId();
  const [editing, setEditing] = useState(false);
  return (
    <div className="grid gap-1">
      <div className="flex items-center justify-between gap-2">
        <label htmlFor={editing ? id : undefined} className="text-xs font-semibold tracking-wide text-soft uppercase">
          {name}
        </label>
        <Button
          look="quiet"
          aria-label={`${editing ? "Show the changes of" : "Edit"}: ${name}`}
          onClick={() => setEditing(!editing)}
        >
          {editing ? "Show changes" : "Edit"}
        </Button>
      </div>
      {editing ? (
        <textarea
          id={id}
          autoFocus
          dir="auto"
          className="field min-h-20 resize-y text-sm"
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      ) : before === value ? (
        <p dir="auto" className="text-sm text-soft">
          {value ? "As it was." : "Nothing."}
        </p>
      ) : (
        <WordDiff className="text-sm" before={before} after={value} />
      )}
    </div>
  );
}
