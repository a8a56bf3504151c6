import { useState, type FormEvent } from "react";
import { toast } from "sonner";

import { toggleStyle } from "@/actions/styles";
import { HubProblem, request } from "@/api/client";
import type { StyleOut } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Modal } from "@/components/Modal";
import { modelName } from "@/lib/format";
import type { StyleDraft } from "@/stores/libraryStore";

interface Props {
  draft: StyleDraft;
  style?: StyleOut;
  saved?: ((style: StyleOut) => void) | undefined;
  onClose: () => void;
}

/** Names what is to be kept, and keeps it. */
export function SaveStyleDialog({ draft, style, saved, onClose }: Props) {
  const [said, setSaid] = useState({
    name: draft.name,
    kind: draft.kind ?? "style",
    text: draft.text ?? "",
    negative_prompt: draft.negative_prompt ?? "",
    files: true,
  });
  const [problem, setProblem] = useState<HubProblem | null>(null);
  const files = [...(draft.loras ?? []).map(({ name }) => name), ...(draft.checkpoint ? [draft.checkpoint] : [])];
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    const { files: withFiles, ...texts } = said;
    const body = {
      ...texts,
      loras: withFiles ? (draft.loras ?? []) : [],
      checkpoint: withFiles ? (draft.checkpoint ?? null) : null,
      thumbnail_id: draft.thumbnail_id ?? null,
    };
    try {
      const kept = style
        ? await request<StyleOut>("PUT", `/api/styles/${style.id}`, body, { "If-Match": `"${style.version}"` })
        : await request<StyleOut>("POST", "/api/styles", body);
      onClose();
      if (saved) saved(kept);
      else toast(`“${kept.name}” is saved`, { action: { label: "Use it", onClick: () => toggleStyle(kept.name) } });
    } catch (error) {
      if (!(error instanceof HubProblem)) throw error;
      setProblem(error);
    }
  };
  return (
    <Modal
      title={style ? `Change “${style.name}”` : "Save as a style or character"}
      description="It can be laid over any prompt, in every flow."
      onClose={onClose}
    >
      <form className="grid gap-3" onSubmit={(event) => void keep(event)}>
        <Field label="Name" required error={problem?.code === "name_taken" ? problem.message : problem?.about("name")}>
          {(control) => (
            <input
              {...control}
              className="field"
              dir="auto"
              maxLength={100}
              value={said.name}
              onChange={({ target }) => setSaid({ ...said, name: target.value })}
            />
          )}
        </Field>
        <fieldset className="flex gap-4 text-sm">
          <legend className="sr-only">Kind</legend>
          {(["style", "character"] as const).map((kind) => (
            <label key={kind} className="flex min-h-9 cursor-pointer items-center gap-2">
              <input
                type="radio"
                name="kind"
                className="size-4 accent-(--accent)"
                checked={said.kind === kind}
                onChange={() => setSaid({ ...said, kind })}
              />
              {kind === "style" ? "Style: how it looks" : "Character: who is in it"}
            </label>
          ))}
        </fieldset>
        <Field
          label="Words"
          hint="{prompt} stands for the prompt; without it, these follow it."
          error={problem?.about("text")}
        >
          {(control) => (
            <textarea
              {...control}
              className="field min-h-24 resize-y"
              dir="auto"
              value={said.text}
              onChange={({ target }) => setSaid({ ...said, text: target.value })}
            />
          )}
        </Field>
        <Field label="What to keep out">
          {(control) => (
            <input
              {...control}
              className="field"
              dir="auto"
              value={said.negative_prompt}
              onChange={({ target }) => setSaid({ ...said, negative_prompt: target.value })}
            />
          )}
        </Field>
        {files.length > 0 && (
          <label className="flex cursor-pointer items-start gap-2 text-sm">
            <input
              type="checkbox"
              className="mt-0.5 size-4 accent-(--accent)"
              checked={said.files}
              onChange={({ target }) => setSaid({ ...said, files: target.checked })}
            />
            <span className="wrap-anywhere">With {files.map(modelName).join(", ")}</span>
          </label>
        )}
        {problem && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
        <Button look="primary" type="submit" className="min-h-11" disabled={!said.name.trim()}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
