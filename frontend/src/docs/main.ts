/** The page /docs: a form for each route of the API, served by the hub, with the studio's key. */
import SwaggerUIBundle from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

import { apiKey } from "@/api/client";

import "./docs.css";

const form = document.querySelector<HTMLFormElement>("#access")!;
const field = document.querySelector<HTMLInputElement>("#key")!;
const kept = document.querySelector<HTMLElement>("#kept")!;

function tell(): void {
  kept.textContent = apiKey.get() ? "A key is kept in this browser, for the studio too." : "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (field.value) apiKey.set(field.value);
  else apiKey.forget();
  field.value = "";
  tell();
});

tell();
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#routes",
  deepLinking: true,
  validatorUrl: null, // it would send the description to another server
  requestInterceptor: (request) => {
    const key = apiKey.get();
    const ours = new URL(request.url, location.href).origin === location.origin;
    if (key && ours) request.headers["Authorization"] = `Bearer ${key}`;
    return request;
  },
});
