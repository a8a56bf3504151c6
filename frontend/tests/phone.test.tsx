import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Toaster } from "sonner";
import { afterEach, describe, expect, test, vi } from "vitest";

import type { HubAddresses } from "@/api/types";
import { linksTo } from "@/features/phone/links";
import { PhoneDialog } from "@/features/phone/PhoneDialog";
import { qrCode } from "@/features/phone/qr/code";
import { read } from "./qrReader";

const HERE: HubAddresses = { urls: [], loopback_only: true, key_needed: false };
const IN_NETWORK: HubAddresses = {
  urls: ["http://192.168.1.5:8001", "http://10.0.0.2:8001"],
  loopback_only: false,
  key_needed: true,
};
const SESSION = "#/session/00000000-0000-4000-8000-000000000001";

const page = (address: string) => new URL(address);

describe("the code for the camera", () => {
  test("is read as it was written, in every size and with every sign", () => {
    const sizes = new Set<number>();
    for (let length = 1; length <= 213; length += 4) {
      const text = "http://192.168.1.5:8001/studio/#/session/0aF-".padEnd(length, "0123456789abcdef").slice(0, length);
      const modules = qrCode(text)!;
      sizes.add(modules.length);
      expect(read(modules)).toBe(text);
    }
    expect([...sizes]).toEqual([21, 25, 29, 33, 37, 41, 45, 49, 53, 57]);
    expect(read(qrCode("http://büro.local/日本")!)).toBe("http://büro.local/日本");
  });

  test("is not drawn for what does not fit", () => expect(qrCode("x".repeat(214))).toBeNull());

  test("is told apart by its reader from one with a single wrong module", () => {
    const modules = qrCode(`http://192.168.1.5:8001/${SESSION}`)!.map((row) => [...row]);
    modules[20]![20] = !modules[20]![20];
    expect(() => read(modules)).toThrow("syndrome");
  });
});

describe("the address for another device", () => {
  test("is that of this page where it is not of this computer alone, with the path of a proxy", () => {
    const { urls } = linksTo(SESSION, page("https://pictures.example/vibes/"), HERE);
    expect(urls).toEqual([`https://pictures.example/vibes/${SESSION}`]);
  });

  test.each(["http://localhost:8001/", "http://127.0.0.1:8001/", "http://[::1]:8001/"])(
    "is one of the hub's own for a page at %s",
    (address) => {
      expect(linksTo(SESSION, page(address), IN_NETWORK).urls).toEqual([
        `http://192.168.1.5:8001/${SESSION}`,
        `http://10.0.0.2:8001/${SESSION}`,
      ]);
      expect(linksTo(SESSION, page(address), HERE).command).toContain("--host 0.0.0.0");
    },
  );
});

describe("the dialog", () => {
  afterEach(() => vi.unstubAllGlobals());

  const open = (told: HubAddresses) => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json(told)));
    const user = userEvent.setup();
    render(
      <>
        <PhoneDialog fragment={SESSION} onClose={() => undefined} />
        <Toaster />
      </>,
    );
    return user;
  };

  test("shows the link as a code and as text, and copies it", async () => {
    const user = open(IN_NETWORK);
    await screen.findByRole("img", { name: "The link as a code for the camera" });
    await user.click(screen.getByRole("button", { name: "Another address (2 of 2)" }));
    await user.click(screen.getByRole("button", { name: "Copy the link" }));
    expect(await navigator.clipboard.readText()).toBe(`http://10.0.0.2:8001/${SESSION}`);
    expect(screen.getByText(`http://10.0.0.2:8001/${SESSION}`)).toBeVisible();
    expect(screen.getByText(/asks for the key/)).toBeVisible();
  });

  test("says what to do where nothing but this computer reaches the hub", async () => {
    open(HERE);
    expect(await screen.findByRole("alert")).toHaveTextContent("listens on this computer alone");
    expect(screen.queryByRole("img")).toBeNull();
  });
});
