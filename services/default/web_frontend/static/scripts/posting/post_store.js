// The photos of this browser that are not posted yet, in IndexedDB: they survive a closed page and a lost connection.
//
// A post is {key, user, position, state, name, size, type, caption, ...}. `key` is its Idempotency-Key, and `state` is
// "draft" (chosen, not submitted), "queued" (to be sent) or "failed" (refused by the server). Its file is stored
// separately, so that a changed caption does not write the file again.
import { openDB } from "../../vendor/idb/idb-8.0.4.js";
import { publish } from "./events.js";

const NAME = "photo-timeline";
const VERSION = 1;
const MOST_REMEMBERED = 20;
const SHARED_FOR = 60 * 60 * 1000; // milliseconds in which the form must open after another app has shared photos

const memory = new Map(); // for private windows and full disks: these photos last as long as the page
let opening = null;
let lastPosition = 0;

/** Opens the database; rejects if the browser cannot, and tries again with the next call. */
async function database() {
  opening ??= openDB(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("posts", { keyPath: "key" }).createIndex("user", "user");
      db.createObjectStore("files");
      db.createObjectStore("settings");
    },
    terminated() {
      opening = null;
    },
  });
  opening.catch(() => { opening = null; });
  return opening;
}

export function newKey() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

/** Returns a number that sorts posts in the order in which they were chosen. */
function nextPosition() {
  lastPosition = Math.max(lastPosition + 1, Date.now() * 1000);
  return lastPosition;
}

/** Stores a file that was chosen. */
export async function add(user, file, more = {}) {
  const post = {
    key: newKey(),
    user,
    position: nextPosition(),
    state: "draft",
    name: file.name || "photo",
    size: file.size,
    type: file.type,
    caption: "",
    ...more,
  };
  try {
    const writing = (await database()).transaction(["posts", "files"], "readwrite", { durability: "strict" });
    await Promise.all([writing.objectStore("posts").put(post), writing.objectStore("files").put(file, post.key), writing.done]);
  } catch (error) {
    console.warn("This photo is kept only while the page is open.", error);
    memory.set(post.key, { post, file });
  }
  publish({ type: "changed", user });
  return post;
}

/** Changes some fields of a post; returns the new post, or null if it is gone. */
export async function change(key, fields) {
  const kept = memory.get(key);
  if (kept) Object.assign(kept.post, fields);
  const post = kept ? kept.post : await changeStored(key, fields);
  if (post) publish({ type: "changed", user: post.user });
  return post;
}

/** Queues drafts with their captions, given by key. It takes one transaction, so that a page that is left queues all of them or none. */
export async function queueAll(user, captions) {
  const stored = [...captions.keys()].filter((key) => !memory.has(key));
  if (stored.length) await queueStored(stored, captions);
  for (const [key, caption] of captions) if (memory.has(key)) Object.assign(memory.get(key).post, { state: "queued", caption });
  publish({ type: "changed", user });
}

async function queueStored(keys, captions) {
  const writing = (await database()).transaction("posts", "readwrite", { durability: "strict" });
  const posts = await Promise.all(keys.map((key) => writing.store.get(key)));
  const queued = posts.filter(Boolean).map((post) => ({ ...post, state: "queued", caption: captions.get(post.key) }));
  await Promise.all([...queued.map((post) => writing.store.put(post)), writing.done]);
}

async function changeStored(key, fields) {
  const writing = (await database()).transaction("posts", "readwrite", { durability: "strict" });
  const post = await writing.store.get(key);
  if (!post) return null;
  Object.assign(post, fields);
  await Promise.all([writing.store.put(post), writing.done]);
  return post;
}

/** Makes a draft of a post, under a new key; returns it, or null if the post is gone. If it fails, the post stays as it is. */
export async function reopen(key) {
  const kept = memory.get(key);
  const draft = kept ? draftOf(kept.post) : await reopenStored(key);
  if (kept) {
    memory.delete(key);
    memory.set(draft.key, { post: draft, file: kept.file });
  }
  if (draft) publish({ type: "changed", user: draft.user });
  return draft;
}

async function reopenStored(key) {
  const writing = (await database()).transaction(["posts", "files"], "readwrite", { durability: "strict" });
  const [posts, files] = [writing.objectStore("posts"), writing.objectStore("files")];
  const [post, file] = [await posts.get(key), await files.get(key)];
  if (!post || !file) return null;
  const draft = draftOf(post);
  await Promise.all([files.put(file, draft.key), posts.put(draft), posts.delete(key), files.delete(key), writing.done]);
  return draft;
}

function draftOf({ user, name, size, type, caption, formBytes }) {
  return { key: newKey(), user, position: nextPosition(), state: "draft", name, size, type, caption, formBytes };
}

/** Deletes a post; with `isQuiet`, another event tells why. */
export async function remove(key, { isQuiet = false } = {}) {
  const kept = memory.get(key);
  memory.delete(key);
  const post = kept ? kept.post : await removeStored(key);
  if (!isQuiet) publish({ type: "changed", user: post?.user });
}

async function removeStored(key) {
  const writing = (await database()).transaction(["posts", "files"], "readwrite");
  const post = await writing.objectStore("posts").get(key);
  await Promise.all([writing.objectStore("posts").delete(key), writing.objectStore("files").delete(key), writing.done]);
  return post;
}

/** Returns the posts of a user in the chosen order. */
export async function list(user, ...states) {
  const stored = await database().then((db) => db.getAllFromIndex("posts", "user", user)).catch(() => []);
  const kept = [...memory.values()].map(({ post }) => post).filter((post) => post.user === user);
  return [...stored, ...kept]
    .filter((post) => !states.length || states.includes(post.state))
    .sort((one, other) => one.position - other.position);
}

/** Returns the file of a post, undefined if it is gone; rejects if the browser cannot read it. */
export async function fileOf(key) {
  return memory.get(key)?.file ?? (await database()).get("files", key);
}

export async function removeAll(user, ...states) {
  for (const post of await list(user, ...states)) await remove(post.key);
}

/** Gives files that another app has shared to the user who opened the form for them, and deletes older ones. */
export async function claimShared(share, user) {
  const db = await database();
  for (const post of await db.getAll("posts")) {
    if (post.share === share) await change(post.key, { user, share: undefined });
    else if (post.share && Date.now() - post.position / 1000 > SHARED_FOR) await remove(post.key);
  }
}

/** Keeps the card of a photo that was posted, for pages that were loading at that moment. */
export async function rememberPosted(posted) {
  const db = await database();
  const earlier = (await db.get("settings", "posted")) ?? [];
  await db.put("settings", [...earlier, posted].slice(-MOST_REMEMBERED), "posted");
}

/** Returns what was posted since a time: a page that was requested earlier may not show it. */
export async function postedSince(user, time) {
  const posted = (await (await database()).get("settings", "posted")) ?? [];
  return posted.filter((each) => each.user === user && each.at >= time);
}

/** The account of this browser, as the last page saw it; only its posts are sent. */
export async function account() {
  return (await database()).get("settings", "account");
}

export async function setAccount(user) {
  const db = await database();
  await Promise.all([db.put("settings", user, "account"), db.delete("settings", "posted")]);
}
