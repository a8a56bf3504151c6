import type { ButtonHTMLAttributes, ReactNode } from "react";

type Look = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent font-semibold hover:brightness-110 disabled:bg-raised disabled:text-soft",
  plain: "bg-raised text-text border border-line hover:border-soft disabled:text-soft",
  quiet: "text-soft hover:text-text hover:bg-raised disabled:opacity-50",
  danger: "text-bad border border-line hover:border-bad",
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  children: ReactNode;
}

export function Button({ look = "plain", className = "", type = "button", ...rest }: Props) {
  return (
    <button
      type={type}
      className={`inline-flex min-h-9 items-center justify-center gap-2 rounded-lg px-3 py-1.5 text-sm transition ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
