import type { Generation } from "@/api/types";

/** Why nothing of what was asked for is being drawn. */
export function WaitingReason({ of: members, className }: { of: readonly Generation[]; className: string }) {
  const waiting = members.find((each) => each.status === "queued" && each.waiting_for);
  const usual = waiting?.waiting_code === "turn"; // its turn comes without anybody's doing
  if (!waiting || usual || members.some((each) => each.status === "generating")) return null;
  return <span className={`text-warm ${className}`}>Waits: {waiting.waiting_for}</span>;
}
