import { beginFlow } from "@/actions/sessions";
import { Button } from "@/components/Button";
import { useSessionStore } from "@/stores/sessionStore";

/** Pictures beside pictures. */
export function ExplorerFlow() {
  const prompt = useSessionStore(({ config }) => config.prompt);
  return (
    <div className="mx-auto grid w-full max-w-3xl content-start gap-4 px-4 py-8">
      <h1 className="text-3xl font-semibold tracking-tight">Explorer</h1>
      <p dir="auto" className="text-lg">
        {prompt || "No prompt yet"}
      </p>
      <p className="text-soft">There is no map here yet. The draft grid draws the prompt.</p>
      <Button look="primary" className="justify-self-start" onClick={() => void beginFlow("draft_grid")}>
        Draw it in the draft grid
      </Button>
    </div>
  );
}
