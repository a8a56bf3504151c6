import { useId, type ReactElement, type ReactNode } from "react";

interface Props {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  /** The control, given the attributes that connect it with its label and error. */
  children: (control: Control) => ReactElement;
}

export interface Control {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string;
  "aria-required"?: boolean;
}

export function Field({ label, hint, error, required = false, children }: Props) {
  const id = useId();
  return (
    <div className="grid content-start gap-1">
      <div className="text-sm font-medium">
        <label htmlFor={id}>{label}</label>
        {required && <RequiredMark />}
      </div>
      {children({
        id,
        "aria-invalid": Boolean(error),
        "aria-describedby": `${id}-note`,
        ...(required && { "aria-required": true }),
      })}
      <p id={`${id}-note`} className={`text-xs ${error ? "text-bad" : "text-soft"}`}>
        {error ?? hint}
      </p>
    </div>
  );
}

export function RequiredMark() {
  return (
    <span aria-hidden className="text-warm" title="Required">
      {" "}
      *
    </span>
  );
}
