// Events about posts, between the modules of a page, all open pages and the service worker.
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("posting") : null;
const local = new EventTarget();

channel?.addEventListener("message", ({ data }) => local.dispatchEvent(new CustomEvent("posting", { detail: data })));

/** Publishes {type, user, ...} here and in all other pages of this browser. */
export function publish(event) {
  channel?.postMessage(event);
  local.dispatchEvent(new CustomEvent("posting", { detail: event }));
}

export function subscribe(user, handler) {
  local.addEventListener("posting", ({ detail }) => detail.user === user && handler(detail));
}
