import { Button } from "@/components/Button";
import { useSessionStore, type TextName } from "@/stores/sessionStore";

/** When two windows changed the same text: shows the other window's text, and a button to use it. */
export function OtherWords({ name }: { name: TextName }) {
  const other = useSessionStore(({ others }) => others[name]);
  if (!other) return null;
  const { change, dropOther } = useSessionStore.getState();
  const theirs = other.whose === "theirs";
  const take = () => {
    change({ [name]: other.text });
    dropOther(name);
  };
  return (
    <div role="status" className="grid gap-2 rounded-lg border border-warm p-2 text-xs">
      <p className="text-warm">{theirs ? "Another window has this here:" : "Another window changed it. Yours was:"}</p>
      <p dir="auto" className="max-h-24 overflow-y-auto whitespace-pre-wrap">
        {other.text || "Nothing"}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={take}>{theirs ? "Take that" : "Bring it back"}</Button>
        <Button look="quiet" onClick={() => dropOther(name)}>
          Leave it
        </Button>
      </div>
    </div>
  );
}
