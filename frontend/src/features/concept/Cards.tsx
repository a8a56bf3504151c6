import { useRef, useState } from "react";

import { CardBox } from "@/features/concept/CardBox";
import { moved, type ConceptState } from "@/features/concept/state";
import { changeConcept } from "@/features/concept/useConcept";
import type { CardField } from "@/api/types";

/** The eight cards in their order, which is that of the prompt; one is moved by its handle, or by the arrow keys on it. */
export function Cards({ concept }: { concept: ConceptState }) {
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<{ field: CardField; to: number } | null>(null);
  const order = dragged ? moved(concept.order, dragged.field, dragged.to) : concept.order;
  const move = (field: CardField, to: number) => {
    if (concept.order.indexOf(field) !== to) changeConcept({ order: moved(concept.order, field, to) });
  };
  const placeAt = (y: number): number =>
    [...(list.current?.children ?? [])].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.top + box.height / 2 < y;
    }).length;
  return (
    <ol ref={list} data-steps className="grid gap-2">
      {order.map((field, place) => (
        <CardBox
          key={field}
          field={field}
          card={concept.cards[field]}
          chips={concept.chips[field]}
          lifted={dragged?.field === field}
          handle={{
            onKeyDown: (event) => {
              const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
              if (!step) return;
              event.preventDefault();
              move(field, Math.min(Math.max(place + step, 0), order.length - 1));
            },
            onPointerDown: (event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              setDragged({ field, to: place });
            },
            onPointerMove: (event) => {
              if (dragged?.field !== field) return;
              const to = placeAt(event.clientY);
              setDragged({ field, to: to > place ? to - 1 : to });
            },
            onPointerUp: () => {
              if (dragged) move(dragged.field, dragged.to);
              setDragged(null);
            },
            onPointerCancel: () => setDragged(null),
          }}
        />
      ))}
    </ol>
  );
}
