/** Progress as a ring; `part` is 0 to 1. */
export function Ring({ part, label }: { part: number; label: string }) {
  const circumference = 2 * Math.PI * 16;
  return (
    <svg
      viewBox="0 0 40 40"
      className="size-10 -rotate-90"
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(part * 100)}
    >
      <circle cx="20" cy="20" r="16" fill="none" strokeWidth="4" className="stroke-black/40" />
      <circle
        cx="20"
        cy="20"
        r="16"
        fill="none"
        strokeWidth="4"
        strokeLinecap="round"
        className="stroke-accent transition-[stroke-dashoffset] duration-200"
        strokeDasharray={circumference}
        strokeDashoffset={circumference * (1 - Math.min(Math.max(part, 0), 1))}
      />
    </svg>
  );
}
