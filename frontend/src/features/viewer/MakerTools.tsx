import { useState } from "react";

import { putOnBoard } from "@/actions/boards/boards";
import { startFrom, type Way } from "@/actions/startFrom";
import { saveStyleOf } from "@/actions/styles";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { isVideo } from "@/lib/mediaTypes";

const WAYS: readonly { way: Way; name: string; title: string }[] = [
  { way: "subtle", name: "Vary subtly", title: "Four that keep its composition and colours" },
  { way: "strong", name: "Vary strongly", title: "Four that keep only its gist" },
  { way: "upscale", name: "Upscale", title: "The same picture, larger" },
  { way: "edit", name: "Edit", title: "Paint over what shall change, and say what shall be there" },
  { way: "explore", name: "Explore from here", title: "Look at what lies around it" },
  { way: "image", name: "Start from it", title: "A new session whose first pictures start from it" },
];

/** What can be begun with this picture; `onDone`: something was, so that the viewer makes room for it. */
export function MakerTools({ generation, onDone }: { generation: Generation; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  if (!generation.image_url || isVideo(generation)) return null;
  const begin = async (way: Way) => {
    setBusy(true);
    const begun = await startFrom(generation, way);
    setBusy(false);
    if (begun && way !== "edit") onDone(); // the painter lies over the viewer
  };
  return (
    <section aria-label="Go on from this picture">
      <h3 className="mb-2 text-xs font-semibold uppercase tracking-wide text-soft">Go on from here</h3>
      <div className="grid grid-cols-2 gap-2">
        {WAYS.map(({ way, name, title }) => (
          <Button key={way} title={title} disabled={busy} onClick={() => void begin(way)}>
            {name}
          </Button>
        ))}
        <Button
          className="col-span-2"
          title="Boards keep pictures of any sessions together (B)"
          onClick={() => putOnBoard([generation.id])}
        >
          Put on a board
        </Button>
        <Button
          className="col-span-2"
          title="Its words, LoRAs and checkpoint, to lay over other prompts"
          onClick={() => saveStyleOf(generation)}
        >
          Save as style or character
        </Button>
      </div>
    </section>
  );
}
