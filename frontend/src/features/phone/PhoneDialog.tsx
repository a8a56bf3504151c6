import { useEffect, useState } from "react";

import { copyText } from "@/actions/copyText";
import { get } from "@/api/client";
import type { HubAddresses } from "@/api/types";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";
import { linksTo, type Links } from "@/features/phone/links";
import { QrCode } from "@/features/phone/QrCode";

/** A link to what is shown, as a code for the camera of a phone and as text. */
export function PhoneDialog({ fragment, onClose }: { fragment: string; onClose: () => void }) {
  const [told, setTold] = useState<HubAddresses | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    get<HubAddresses>("/api/addresses").then(setTold, (error: Error) => setFailed(error.message));
  }, []);
  const { urls, problem, command }: Links = told ? linksTo(fragment, location, told) : { urls: [], problem: failed };
  const [chosen, setChosen] = useState(0);
  const url = urls[chosen] ?? urls[0];
  return (
    <Modal
      title="Open on the phone"
      description="The same session, live, on any device in your network."
      onClose={onClose}
    >
      {problem && (
        <p role="alert" className="text-sm">
          {problem}
        </p>
      )}
      {command && (
        <code className="mt-3 block rounded-lg bg-raised p-3 text-sm wrap-anywhere select-all">{command}</code>
      )}
      {url && (
        <div className="grid justify-items-center gap-4">
          <QrCode text={url} label="The link as a code for the camera" />
          <p className="w-full rounded-lg bg-raised p-3 text-center text-sm wrap-anywhere select-all">{url}</p>
          <div className="flex flex-wrap justify-center gap-2">
            <Button look="primary" className="min-h-11" onClick={() => void copy(url)}>
              Copy the link
            </Button>
            {urls.length > 1 && (
              <Button className="min-h-11" onClick={() => setChosen((chosen + 1) % urls.length)}>
                Another address ({((urls.indexOf(url) + 1) % urls.length) + 1} of {urls.length})
              </Button>
            )}
          </div>
          {told?.key_needed && <p className="text-sm text-soft">The phone asks for the key of the hub once.</p>}
        </div>
      )}
    </Modal>
  );
}

const copy = (url: string) =>
  copyText(url, "The link is copied", "The browser does not allow copying: select the link and copy it by hand");
