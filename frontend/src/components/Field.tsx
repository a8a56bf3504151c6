import { useId, type ReactElement, type ReactNode } from "react";

interface Props {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** The control, given the attributes that tie it to its label and its error. */
  children: (control: { id: string; "aria-invalid": boolean; "aria-describedby": string }) => ReactElement;
}

export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, "aria-invalid": Boolean(error), "aria-describedby": `${id}-note` })}
      <p id={`${id}-note`} className={`text-xs ${error ? "text-bad" : "text-soft"}`}>
        {error ?? hint}
      </p>
    </div>
  );
}
