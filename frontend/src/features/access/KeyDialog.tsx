import { useState } from "react";

import { apiKey, renewTicket } from "@/api/client";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";

/** Characters that an HTTP header can carry. */
const SENDABLE = /^[\x20-\x7e]+$/;

/** Shown when the hub demands a key. */
export function KeyDialog({ onDone }: { onDone: () => Promise<boolean> }) {
  const [key, setKey] = useState(apiKey.get());
  const [refused, setRefused] = useState(Boolean(apiKey.get()));
  return (
    <form
      className="mx-auto grid max-w-md gap-4 px-4 py-24"
      onSubmit={(event) => {
        event.preventDefault();
        if (!SENDABLE.test(key.trim())) return setRefused(true);
        apiKey.set(key.trim());
        void renewTicket()
          .catch(() => undefined)
          .then(onDone)
          .then(
            (entered) => setRefused(!entered),
            () => setRefused(true),
          );
      }}
    >
      <h1 className="text-2xl font-semibold">This hub asks for its key</h1>
      <Field
        label="API key"
        hint="The VIBES_API_KEY that the hub was started with; kept in this browser."
        error={refused ? "The hub does not know this key." : undefined}
      >
        {(control) => (
          <input
            {...control}
            type="password"
            autoComplete="current-password"
            className="field"
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        )}
      </Field>
      <Button look="primary" type="submit" disabled={!key.trim()}>
        Enter
      </Button>
    </form>
  );
}
