// Receives photos that another app shares (share_target in site.webmanifest), and opens the form with them.
import { add, newKey } from "../scripts/posting/post_store.js";

const MAX_CHARACTERS = 500; // of a caption, as the server counts them

/** Without photos, as some systems share them, or without space to store them, the server explains what to do. */
export async function receiveShare(request) {
  try {
    const share = await storedShare(await request.formData());
    return redirectTo(share ? `/post/?share=${encodeURIComponent(share)}` : "/share/?lost");
  } catch {
    return redirectTo("/share/?lost");
  }
}

/** Returns the name of the share; null if it has no photos. */
async function storedShare(form) {
  const files = form.getAll("image").filter((file) => file instanceof File && file.size);
  if (!files.length) return null;
  const share = newKey();
  const caption = shortened(String(form.get("text") || form.get("title") || ""));
  for (const file of files) await add("", file, { share, caption: files.length === 1 ? caption : "" });
  return share;
}

/** Cuts between characters: half an emoji is no text. */
function shortened(text) {
  return [...text].slice(0, MAX_CHARACTERS).join("");
}

function redirectTo(path) {
  return Response.redirect(path, 303);
}
