// Usage: node generate.mjs PATH.ts. Writes the types of the hub's OpenAPI document to PATH.ts, and beside it, as
// PATH.messages.json, what the live streams' messages must look like, which the studio checks them against.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const STREAMS = ["LiveMessage", "JobMessage"];
const REFERENCE = "#/components/schemas/";

const [, , path] = process.argv;
const text = execFileSync("../.venv/bin/vibes", ["openapi"], { maxBuffer: 2 ** 26 });
execFileSync("openapi-typescript", ["-o", path], { input: text, stdio: ["pipe", "ignore", "inherit"] });
const messages = reachable(JSON.parse(text).components.schemas, STREAMS);
writeFileSync(path.replace(/\.ts$/, ".messages.json"), `${JSON.stringify(messages, null, 1)}\n`);

/** Those schemas and all that they refer to, directly or not. */
function reachable(schemas, names) {
  const found = {};
  const queue = [...names];
  for (const name of queue) {
    if (name in found) continue;
    found[name] = shapeOf(schemas[name], (other) => queue.push(other));
  }
  return found;
}

/** What says how a value is built. Of an enum only that it is a text: a newer hub may know more words. */
function shapeOf(schema, refersTo) {
  const each = (inner) => shapeOf(inner, refersTo);
  const named = (inner) => Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, each(one)]));
  const { type, $ref, properties, required, items, prefixItems, additionalProperties, anyOf, discriminator } = schema;
  const name = $ref?.slice(REFERENCE.length);
  if (name) refersTo(name);
  return defined({
    type,
    $ref: name,
    const: schema.const,
    properties: properties && named(properties),
    required,
    items: items && each(items),
    prefixItems: prefixItems?.map(each),
    additionalProperties: typeof additionalProperties === "object" ? each(additionalProperties) : undefined,
    anyOf: (anyOf ?? (discriminator ? undefined : schema.oneOf))?.map(each),
    byType: discriminator && named(references(discriminator.mapping)),
  });
}

function references(mapping) {
  return Object.fromEntries(Object.entries(mapping).map(([type, $ref]) => [type, { $ref }]));
}

function defined(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
