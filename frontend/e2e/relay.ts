/** Stands before a hub: passes every request on, but speaks to the page's WebSocket itself. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const TEXT = 0x81;
const BINARY = 0x82;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export class Relay {
  private readonly server = createServer((asked, answer) => this.pass(asked, answer));
  private readonly lines = new Set<Duplex>();

  /** `first` is said to whoever connects. */
  constructor(
    private readonly hub: string,
    private readonly first: object,
  ) {
    this.server.on("upgrade", (asked: IncomingMessage, line: Duplex) => this.greet(asked, line));
  }

  async start(): Promise<string> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  send(data: Buffer): void {
    for (const line of this.lines) line.write(framed(BINARY, data));
  }

  end(): void {
    for (const line of this.lines) line.destroy();
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = "GET", headers, url = "/" } = asked;
    const passed = request(this.hub + url, { method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  }

  private greet(asked: IncomingMessage, line: Duplex): void {
    const accept = createHash("sha1").update(`${asked.headers["sec-websocket-key"]}${GUID}`).digest("base64");
    line.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    line.write(framed(TEXT, Buffer.from(JSON.stringify(this.first))));
    line.on("error", () => undefined);
    line.on("close", () => this.lines.delete(line));
    line.resume();
    this.lines.add(line);
  }
}

/** One whole message, as a server sends it. */
function framed(kind: number, data: Buffer): Buffer {
  const header = Buffer.alloc(10);
  header[0] = kind;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(data.length), 2);
  // the shortest form of the length is the only one allowed
  if (data.length > 0xffff) return Buffer.concat([header, data]);
  if (data.length > 125) {
    header[1] = 126;
    header.writeUInt16BE(data.length, 2);
    return Buffer.concat([header.subarray(0, 4), data]);
  }
  header[1] = data.length;
  return Buffer.concat([header.subarray(0, 2), data]);
}
