/** Says of a tile that there is, or may be, more to it than a still picture. */
export function KindBadge({ kind }: { kind: string | undefined }) {
  if (!kind) return null;
  return (
    <span className="absolute top-1.5 right-1.5 rounded-md bg-panel/80 px-1.5 py-0.5 text-xs font-medium">{kind}</span>
  );
}
