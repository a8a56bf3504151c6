import { useState, type FormEvent, type ReactNode } from "react";
import { toast } from "sonner";

import { toggleStyle } from "@/actions/styles";
import { HubProblem, request, withTicket } from "@/api/client";
import type { StyleKind, StyleOut } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Modal } from "@/components/Modal";
import { PartsChoice } from "@/features/library/PartsChoice";
import { useParts } from "@/features/library/useParts";
import { modelName } from "@/lib/format";
import type { StyleDraft } from "@/stores/libraryStore";

interface Props {
  draft: StyleDraft;
  style?: StyleOut;
  saved?: ((style: StyleOut) => void) | undefined;
  onClose: () => void;
}

interface Said {
  name: string;
  kind: StyleKind;
  text: string;
  negative_prompt: string;
  /** Whether its LoRAs and checkpoint are kept with it. */
  files: boolean;
}

const KINDS: Readonly<Record<StyleKind, string>> = {
  style: "Style: how it looks",
  character: "Character: who is in it",
};

/** Names what is to be kept, and keeps it. */
export function SaveStyleDialog({ draft, style, saved, onClose }: Props) {
  const [said, setSaid] = useState<Said>({
    name: draft.name,
    kind: draft.kind ?? "style",
    text: draft.text ?? "",
    negative_prompt: draft.negative_prompt ?? "",
    files: true,
  });
  const [problem, setProblem] = useState<HubProblem | null>(null);
  const say = (fields: Partial<Said>) => setSaid((before) => ({ ...before, ...fields }));
  const { chosen, choose } = useParts(draft.parts, said.kind, say, told);
  const files = [...(draft.loras ?? []).map(({ name }) => name), ...(draft.checkpoint ? [draft.checkpoint] : [])];
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const kept = await sent(draft, said, style);
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
        {draft.shownBy && (
          <img
            src={withTicket(draft.shownBy)}
            alt="The picture that shows it"
            className="size-20 rounded object-cover"
          />
        )}
        <Texts said={said} say={say} problem={problem}>
          {draft.parts && <PartsChoice parts={draft.parts} chosen={chosen} onChange={choose} />}
        </Texts>
        <WithFiles files={files} said={said} say={say} />
        {problem && problem.code !== "name_taken" && (
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

const told = (error: Error): void => void toast.error(error.message);

interface FilesProps {
  files: readonly string[];
  said: Said;
  say: (fields: Partial<Said>) => void;
}

function WithFiles({ files, said, say }: FilesProps) {
  if (!files.length) return null;
  return (
    <label className="flex cursor-pointer items-start gap-2 text-sm">
      <input
        type="checkbox"
        className="mt-0.5 size-4 accent-(--accent)"
        checked={said.files}
        onChange={({ target }) => say({ files: target.checked })}
      />
      <span className="wrap-anywhere">With {files.map(modelName).join(", ")}</span>
    </label>
  );
}

/** Has the hub keep it. */
function sent(draft: StyleDraft, { files, ...texts }: Said, style: StyleOut | undefined): Promise<StyleOut> {
  const body = {
    ...texts,
    loras: files ? (draft.loras ?? []) : [],
    checkpoint: files ? (draft.checkpoint ?? null) : null,
    thumbnail_id: draft.thumbnail_id ?? null,
  };
  if (!style) return request("POST", "/api/styles", body);
  return request("PUT", `/api/styles/${style.id}`, body, { "If-Match": `"${style.version}"` });
}

interface TextsProps {
  said: Said;
  say: (fields: Partial<Said>) => void;
  problem: HubProblem | null;
  /** Between the kind and the words. */
  children: ReactNode;
}

function Texts({ said, say, problem, children }: TextsProps) {
  const taken = problem?.code === "name_taken" ? problem.message : problem?.about("name");
  return (
    <>
      <Field label="Name" required error={taken}>
        {(control) => (
          <input
            {...control}
            className="field"
            dir="auto"
            maxLength={100}
            value={said.name}
            onChange={({ target }) => say({ name: target.value })}
          />
        )}
      </Field>
      <KindChoice said={said} say={say} />
      {children}
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
            onChange={({ target }) => say({ text: target.value })}
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
            onChange={({ target }) => say({ negative_prompt: target.value })}
          />
        )}
      </Field>
    </>
  );
}

function KindChoice({ said, say }: Pick<TextsProps, "said" | "say">) {
  return (
    <fieldset className="flex flex-wrap gap-x-4 text-sm">
      <legend className="sr-only">Kind</legend>
      {Object.entries(KINDS).map(([kind, words]) => (
        <label key={kind} className="flex min-h-9 cursor-pointer items-center gap-2">
          <input
            type="radio"
            name="kind"
            className="size-4 accent-(--accent)"
            checked={said.kind === kind}
            onChange={() => say({ kind: kind as StyleKind })}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
