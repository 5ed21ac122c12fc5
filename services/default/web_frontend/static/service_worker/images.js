// Photos that were seen. Their addresses contain a hash of the content, so a saved copy is never outdated.
const CACHE = "images";
const MOST = 300; // about 20 MB of thumbnails
const IS_IMAGE = /^\/image\/[^/]+\/[a-z]+-[0-9a-f]+\.[a-z]+$/;

let saved = 0;

export function isImage(path) {
  return IS_IMAGE.test(path);
}

export async function openImage(request, path) {
  const cache = await caches.open(CACHE);
  const copy = await cache.match(path);
  if (copy) return copy;
  try {
    const response = await fetch(request);
    if (response.status === 200) await save(cache, path, response.clone());
    return response;
  } catch (error) {
    const other = await otherSize(cache, path);
    if (other) return other;
    throw error;
  }
}

export async function saveImages(paths) {
  const cache = await caches.open(CACHE);
  const missing = paths.filter(isImage).slice(0, MOST);
  await Promise.all(missing.map(async (path) => {
    const response = await fetch(path).catch(() => null);
    if (response?.status === 200) await save(cache, path, response);
  }));
}

async function save(cache, path, response) {
  await cache.put(path, response).catch(() => {}); // the disk may be full
  saved += 1;
  if (saved % 20 === 1) await deleteOldest(cache);
}

/** Keys are in the order in which they were added. */
async function deleteOldest(cache) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => cache.delete(key)));
}

/** A window of another width asks for another size of the same photo. */
async function otherSize(cache, path) {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const found = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(folder)).pop();
  return found && cache.match(found);
}
