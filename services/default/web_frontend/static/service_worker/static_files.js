// Style sheets, scripts and fonts. Their addresses contain a hash of all files, so a saved copy is never outdated.
const CACHE = "static";

export async function saveStaticFiles(paths) {
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const path of paths) if (!(await cache.match(path))) missing.push(path);
  await cache.addAll(missing);
}

export async function openStaticFile(request, path) {
  const cache = await caches.open(CACHE);
  const saved = await cache.match(request, { ignoreVary: true });
  if (saved) return saved;
  try {
    return await fetch(request);
  } catch (error) {
    const current = await sameFile(cache, path);
    if (current) return current;
    throw error;
  }
}

/** A saved page may name files of an earlier deployment: the current ones are close enough to read it. */
async function sameFile(cache, path) {
  const name = path.split("/").slice(3).join("/");
  const keys = await cache.keys();
  const found = keys.find(({ url }) => new URL(url).pathname.split("/").slice(3).join("/") === name);
  return found && cache.match(found);
}

export async function deleteOldFiles() {
  const cache = await caches.open(CACHE);
  const current = new Set(self.STATIC_FILES);
  for (const request of await cache.keys()) {
    if (!current.has(new URL(request.url).pathname)) await cache.delete(request);
  }
}
