import type { ReactNode } from "react";

/** The state of a page in words, with what to do about it. */
export function Notice({
  title,
  children,
  tone = "plain",
}: {
  title: string;
  children?: ReactNode;
  tone?: "plain" | "bad";
}) {
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={`mx-auto my-8 grid max-w-xl gap-2 rounded-2xl border bg-panel p-6 text-center ${tone === "bad" ? "border-bad" : "border-line"}`}
    >
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="text-sm text-soft">{children}</div>
    </div>
  );
}
