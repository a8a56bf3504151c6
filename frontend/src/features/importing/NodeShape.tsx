import { memo } from "react";

import { valueText } from "@/features/importing/bindings";
import { HEAD, ROW, WIDTH, type NodeBox, type Row } from "@/features/importing/layout";
import { INKS, roleOf, titleOf } from "@/features/importing/roles";
import { cut } from "@/lib/text";

interface Props {
  box: NodeBox;
  /** Parameters by the input that takes them. */
  taken: ReadonlyMap<string, string>;
  choosing: boolean;
  seen: string | null;
  onChoose: (bind: string) => void;
}

const PAD = 10;
/** Characters for which a box has room. */
const LETTERS = 36;
/** As wide as so many others is one that is bold. */
const BOLD = 1.25;

/** A graph node in the drawing: its class, and a row for each input that a parameter could take. */
export const NodeShape = memo(function NodeShape({ box, taken, choosing, seen, onChoose }: Props) {
  const { x, y, height, rows, more, title, class_type: kind } = box;
  const isSeen = seen !== null && rows.some(({ bind }) => bind === seen);
  return (
    <g transform={`translate(${x} ${y})`} fontSize="12">
      <rect
        width={WIDTH}
        height={height}
        rx="8"
        className={`fill-panel ${isSeen ? "stroke-accent" : "stroke-line"}`}
        strokeWidth={isSeen ? 3 : 1.5}
      />
      <text x={PAD} y={HEAD - 9} className="fill-text" fontWeight="600">
        {cut(title || kind, LETTERS - 4)}
        <title>{`${kind}, node ${box.id}`}</title>
      </text>
      {rows.map((row) => (
        <InputShape key={row.bind} row={row} parameter={taken.get(row.bind)} choosing={choosing} onChoose={onChoose} />
      ))}
      {more > 0 && (
        <text x={PAD} y={HEAD + rows.length * ROW + 15} className="fill-soft">
          {`and ${more} more in the list`}
        </text>
      )}
    </g>
  );
});

interface RowProps extends Pick<Props, "choosing" | "onChoose"> {
  row: Row;
  parameter: string | undefined;
}

function InputShape({ row: { name, value, bind, y }, parameter, choosing, onChoose }: RowProps) {
  const ink = parameter ? INKS[roleOf(parameter)] : null;
  const tag = parameter ? cut(titleOf(parameter), 18) : "";
  const room = LETTERS - (tag ? Math.ceil(tag.length * BOLD) + 3 : 0);
  return (
    <g
      data-input={bind}
      transform={`translate(0 ${y})`}
      className={choosing ? "cursor-pointer [&:hover>rect]:fill-raised" : ""}
      onClick={() => choosing && onChoose(bind)}
    >
      <rect x="2" width={WIDTH - 4} height={ROW} className="fill-panel" />
      {ink && <rect x="2" width={WIDTH - 4} height={ROW} className={ink.fill} opacity="0.14" />}
      {ink && <rect x="2" width="4" height={ROW} className={ink.fill} />}
      <text x={PAD} y={15} className="fill-soft">
        {cut(`${name}: ${valueText(value, LETTERS)}`, Math.max(room, 8))}
        <title>{`${name}: ${valueText(value, 400)}`}</title>
      </text>
      {ink && (
        <text x={WIDTH - PAD} y={15} textAnchor="end" className={ink.fill} fontWeight="600">
          {tag}
        </text>
      )}
    </g>
  );
}
