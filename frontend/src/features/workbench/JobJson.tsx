import { copyText } from "@/actions/copyText";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";
import type { JobRequest } from "@/features/workbench/draft/draft";
import { saveFile } from "@/lib/saveFile";

/** The job as JSON, as a script would submit it. */
export function JobJson({ job, onClose }: { job: JobRequest; onClose: () => void }) {
  const text = JSON.stringify(job, null, 2);
  return (
    <Modal
      title="Job JSON"
      description="What the form says, as POST /api/jobs and the command “vibes run job.json” take it."
      onClose={onClose}
    >
      <pre tabIndex={0} aria-label="The job" className="max-h-[50dvh] overflow-auto rounded-lg bg-bg p-3 text-xs">
        {text}
      </pre>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button look="primary" onClick={() => void copy(text)}>
          Copy
        </Button>
        <Button onClick={() => save(text)}>Save as job.json</Button>
      </div>
    </Modal>
  );
}

const copy = (text: string) =>
  copyText(text, "The job is copied", "The browser does not allow copying: save it as a file instead");

const save = (text: string): void => saveFile(new Blob([text], { type: "application/json" }), "job.json");
