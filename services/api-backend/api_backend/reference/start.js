// Show the OpenAPI document with Scalar: everything comes from this server, and nothing is sent elsewhere.

const isErrorCode = /^#[a-z_]+$/;
if (isErrorCode.test(location.hash)) {
  // The `type` of a problem links to #code: show the table of all codes.
  history.replaceState(null, "", "#description/errors");
}

Scalar.createApiReference("#reference", {
  url: "/api/openapi.json",
  authentication: { preferredSecurityScheme: "id_token" },
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  withDefaultFonts: false,
  telemetry: false,
  persistAuth: false,
  showDeveloperTools: "never",
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
});
