import { qrCode } from "@/features/phone/qr/code";

/** Light modules around the code, which scanners need. */
const QUIET = 4;

/** Dark on white in both themes, as scanners want it; nothing where the text is too long for one. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const modules = qrCode(text);
  if (!modules) return null;
  const size = modules.length + 2 * QUIET;
  const path = modules.flatMap((row, down) =>
    row.flatMap((dark, right) => (dark ? `M${right + QUIET} ${down + QUIET}h1v1h-1z` : [])),
  );
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="w-full max-w-64 rounded-lg bg-white"
    >
      <path d={path.join("")} fill="#000" />
    </svg>
  );
}
