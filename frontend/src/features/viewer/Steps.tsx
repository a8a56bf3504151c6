import type { Generation } from "@/api/types";

interface StepsProps {
  before: Generation | undefined;
  after: Generation | undefined;
  onShow: (to: Generation) => void;
}

/** Buttons to the picture before and to the next one. */
export function Steps({ before, after, onShow }: StepsProps) {
  return (
    <>
      <Step label="Previous picture" side="left-2" sign="‹" to={before} onShow={onShow} />
      <Step label="Next picture" side="right-2" sign="›" to={after} onShow={onShow} />
    </>
  );
}

function Step({
  label,
  side,
  sign,
  to,
  onShow,
}: {
  label: string;
  side: string;
  sign: string;
  to: Generation | undefined;
  onShow: (to: Generation) => void;
}) {
  if (!to) return null;
  return (
    <button
      type="button"
      aria-label={label}
      className={`absolute top-1/2 ${side} grid size-11 -translate-y-1/2 place-items-center rounded-full bg-black/50 text-2xl text-white hover:bg-black/80`}
      onClick={() => onShow(to)}
    >
      {sign}
    </button>
  );
}
