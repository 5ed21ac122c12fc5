// The ways to send a photo: one form, with progress in pages, or in parts to Cloud Storage if it is larger than a form.
const PART_BYTES = 1024 * 1024; // a multiple of 256 KB, as Cloud Storage requires
const INCOMPLETE = 308;

/** Sends a form from a page; resolves to {status, text, retryAfter}, with status 0 if the connection was lost. */
export function sendFromPage(path, { headers, body }, onProgress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onloadend = () => done({
      status: request.status,
      text: request.responseText,
      retryAfter: Number(request.getResponseHeader("Retry-After")) || 0,
    });
    request.open("POST", path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}

/** The same for the service worker, which has no progress. */
export async function sendFromWorker(path, { headers, body }) {
  try {
    const response = await fetch(path, { method: "POST", headers, body, credentials: "same-origin" });
    const text = await response.text();
    return { status: response.status, text, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  } catch {
    return { status: 0, text: "", retryAfter: 0 };
  }
}

/** Sends the bytes that Cloud Storage does not have yet; resolves to 200 when it has all, 0 without a connection. */
export async function sendParts(url, file, type, onProgress) {
  try {
    let arrived = await put(url, null, `bytes */${file.size}`, type, file.size);
    while (arrived.status === INCOMPLETE) {
      onProgress(arrived.bytes / file.size);
      const end = Math.min(arrived.bytes + PART_BYTES, file.size);
      const part = file.slice(arrived.bytes, end);
      arrived = await put(url, part, `bytes ${arrived.bytes}-${end - 1}/${file.size}`, type, file.size);
    }
    return arrived.status;
  } catch {
    return 0;
  }
}

async function put(url, body, range, type, size) {
  const response = await fetch(url, { method: "PUT", headers: { "Content-Range": range, "Content-Type": type }, body });
  if (response.ok) return { status: 200, bytes: size };
  const received = /^bytes=0-(\d+)$/.exec(response.headers.get("Range") ?? "");
  return { status: response.status, bytes: received ? Number(received[1]) + 1 : 0 };
}
