import { useState } from "react";

import { withTicket } from "@/api/client";
import type { TaskType } from "@/api/types";
import { Modal } from "@/components/Modal";
import { grouped, takingPictures, titleOf } from "@/features/workbench/draft/taskTypes";
import { TypeButton } from "@/features/workbench/form/TypeList";

interface Props {
  title: string;
  description: string;
  /** Address of a thumbnail of the picture. */
  thumbnail?: string | undefined;
  types: readonly TaskType[];
  onChoose: (type: TaskType) => void;
  onClose: () => void;
}

/** Chooses among the task types that take a picture. */
export function TypeChooser({ title, description, thumbnail, types, onChoose, onClose }: Props) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const able = takingPictures(types).filter((each) => `${each.type} ${titleOf(each)}`.toLowerCase().includes(wanted));
  return (
    <Modal wide title={title} description={description} onClose={onClose}>
      <div className="mb-4 flex items-center gap-3">
        {thumbnail && <img src={withTicket(thumbnail)} alt="" className="size-16 shrink-0 rounded-lg object-contain" />}
        <input
          type="search"
          className="field"
          aria-label="Search task types"
          placeholder="Search task types"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
      </div>
      {!able.length && <p className="text-sm text-soft">No task type of that name takes a picture.</p>}
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
        {grouped(able)
          .sort((one, other) => Number(other.family === "any") - Number(one.family === "any"))
          .map((group) => (
            <section key={group.family} aria-label={group.title}>
              <h3 className="px-2.5 text-xs font-semibold uppercase tracking-wide text-soft">{group.title}</h3>
              <ul>
                {group.types.map((type) => (
                  <li key={type.type}>
                    <TypeButton type={type} current={false} onChoose={onChoose} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
      </div>
    </Modal>
  );
}
