import { Command } from "./Advice";

const EXAMPLE = `servers:
  home:
    kind: ollama            # or openai: llama.cpp, LM Studio, vLLM, OpenAI …
    url: http://127.0.0.1:11434
stages:
  interpreter: {server: home, model: "hermes3:8b"}
  engineer: {server: home, model: "phi4:14b"}
  vision: {server: home, model: minicpm-v}
`;

/** How to get a language model; the hub takes the file up while it runs. */
export function SetUp({ file, open }: { file: string; open: boolean }) {
  return (
    <details open={open} className="rounded-2xl border border-line bg-panel p-4">
      <summary className="font-semibold">Set one up</summary>
      <ol className="mt-3 grid list-decimal gap-3 pl-5 text-sm">
        <li>Install Ollama on any machine that the hub can reach; one with a card of its own is best.</li>
        <li>
          Get the models there: <Command command="ollama pull hermes3:8b" /> <Command command="ollama pull phi4:14b" />{" "}
          <Command command="ollama pull minicpm-v" />
        </li>
        <li>
          Write this into <code className="rounded bg-raised px-1 text-xs">{file}</code>, with the address of that
          machine. The hub notices by itself.
          <pre tabIndex={0} aria-label="An llm.yaml" className="mt-2 overflow-x-auto rounded-lg bg-raised p-3 text-xs">
            {EXAMPLE}
          </pre>
        </li>
        <li>
          A server that wants a key: put the key into a variable of the hub, and name the variable with{" "}
          <code className="rounded bg-raised px-1 text-xs">api_key_env</code>. It is never shown here.
        </li>
        <li>
          A server on the card of one of the nodes:{" "}
          <code className="rounded bg-raised px-1 text-xs">shares_gpu_with</code> with that node’s id, and one of the
          two works at a time.
        </li>
        <li>A stage that is left out works by rules; each can have a server of its own.</li>
      </ol>
    </details>
  );
}
