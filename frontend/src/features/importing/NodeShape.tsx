import { memo } from "react";

import { nodeName, valueText } from "@/features/importing/bindings";
import { HEAD, ROW, WIDTH, type NodeBox, type Row } from "@/features/importing/layout";
import { INKS, roleOf, titleOf } from "@/features/importing/roles";
import { cut } from "@/lib/text";

interface Props {
  box: NodeBox;
  /** Parameters by the input that takes them. */
  taken: ReadonlyMap<string, string>;
  choosing: boolean;
  /** The input of this box to which the Tab key leads; null: to none of them. */
  current: string | null;
  seen: string | null;
  onChoose: (bind: string) => void;
  onFocus: (bind: string) => void;
}

const PAD = 10;
/** Characters for which a box has room. */
const LETTERS = 36;
/** As wide as so many others is one that is bold. */
const BOLD = 1.25;

/** A graph node in the drawing: its class, and a row for each input that a parameter could take. */
export const NodeShape = memo(function NodeShape({ box, taken, choosing, current, seen, onChoose, onFocus }: Props) {
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
        <InputShape
          key={row.bind}
          row={row}
          node={nodeName(box)}
          parameter={taken.get(row.bind)}
          {...{ choosing, current, onChoose, onFocus }}
        />
      ))}
      {more > 0 && (
        <text x={PAD} y={HEAD + rows.length * ROW + 16} className="fill-soft">
          {`and ${more} more in the list`}
        </text>
      )}
    </g>
  );
});

interface RowProps extends Pick<Props, "choosing" | "current" | "onChoose" | "onFocus"> {
  row: Row;
  /** What its graph node is called. */
  node: string;
  parameter: string | undefined;
}

function InputShape(props: RowProps) {
  const { row, node, parameter, choosing, current, onChoose, onFocus } = props;
  const { name, value, bind, y } = row;
  const ink = parameter ? INKS[roleOf(parameter)] : null;
  const tag = parameter ? cut(titleOf(parameter), 18) : "";
  const room = LETTERS - (tag ? Math.ceil(tag.length * BOLD) + 3 : 0);
  return (
    <g
      data-input={bind}
      transform={`translate(0 ${y})`}
      className={choosing ? "group cursor-pointer outline-none [&:hover>rect:first-of-type]:fill-raised" : ""}
      {...(choosing && {
        role: "button",
        tabIndex: bind === current ? 0 : -1,
        "aria-label": `${node}, ${name}: ${valueText(value)}${parameter ? `, takes ${titleOf(parameter)}` : ""}`,
        onClick: () => onChoose(bind),
        onFocus: () => onFocus(bind),
      })}
    >
      <rect x="2" width={WIDTH - 4} height={ROW} className="fill-panel" />
      {ink && <rect x="2" width={WIDTH - 4} height={ROW} className={ink.fill} opacity="0.14" />}
      {ink && <rect x="2" width="4" height={ROW} className={ink.fill} />}
      <text x={PAD} y={16} className="fill-soft">
        {cut(`${name}: ${valueText(value, LETTERS)}`, Math.max(room, 8))}
        <title>{`${name}: ${valueText(value, 400)}`}</title>
      </text>
      {ink && (
        <text x={WIDTH - PAD} y={16} textAnchor="end" className={ink.fill} fontWeight="600">
          {tag}
        </text>
      )}
      {choosing && (
        <rect
          x="3"
          y="1"
          width={WIDTH - 6}
          height={ROW - 2}
          rx="4"
          fill="none"
          strokeWidth="2.5"
          className="stroke-transparent group-focus-visible:stroke-accent"
        />
      )}
    </g>
  );
}
