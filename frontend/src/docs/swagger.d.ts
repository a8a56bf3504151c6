/** What the page uses of Swagger UI, which comes without types. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  type Request = { url: string; headers: Record<string, string> };

  export default function SwaggerUIBundle(options: {
    url: string;
    dom_id: string;
    deepLinking: boolean;
    validatorUrl: null;
    requestInterceptor: (request: Request) => Request;
  }): void;
}
