import { useState, type FormEvent } from "react";

import { changeBoard } from "@/actions/boards/boards";
import { HubProblem } from "@/api/client";
import type { Board } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Modal } from "@/components/Modal";

/** Name and notes of a board. */
export function EditBoard({ board, onClose }: { board: Board; onClose: () => void }) {
  const [name, setName] = useState(board.name);
  const [notes, setNotes] = useState(board.notes);
  const [problem, setProblem] = useState("");
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await changeBoard(board, { name: name.trim(), notes, cover_id: board.cover_id });
      onClose();
    } catch (error) {
      if (!(error instanceof HubProblem)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <Modal title={`Change “${board.name}”`} description="Its name, and what it is for." onClose={onClose}>
      <form className="grid gap-3" onSubmit={(event) => void keep(event)}>
        <Field label="Name" required error={problem || undefined}>
          {(control) => (
            <input
              {...control}
              className="field"
              dir="auto"
              maxLength={100}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Field label="Notes">
          {(control) => (
            <textarea
              {...control}
              className="field min-h-24 resize-y"
              dir="auto"
              maxLength={8192}
              value={notes}
              onChange={({ target }) => setNotes(target.value)}
            />
          )}
        </Field>
        <Button look="primary" type="submit" className="min-h-11" disabled={!name.trim()}>
          Save
        </Button>
      </form>
    </Modal>
  );
}
