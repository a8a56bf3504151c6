import { useMemo } from "react";

import { wordDiff, type Piece } from "@/lib/wordDiff";

interface Props {
  before: string;
  after: string;
  className?: string;
}

/** Two texts in one: struck out what is gone, underlined what is new. */
export function WordDiff({ before, after, className = "" }: Props) {
  const pieces = useMemo(() => wordDiff(before, after), [before, after]);
  return (
    <p dir="auto" className={`whitespace-pre-wrap ${className}`}>
      {pieces.map((piece, index) => (
        <Shown key={index} {...piece} />
      ))}
    </p>
  );
}

function Shown({ text, was }: Piece) {
  if (was === "kept") return text;
  if (was === "gone") return <del className="text-bad decoration-2">{text}</del>;
  return <ins className="font-medium text-good decoration-2 underline-offset-2">{text}</ins>;
}
