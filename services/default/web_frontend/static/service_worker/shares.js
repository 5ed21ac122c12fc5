// Receives photos that another app shares (share_target in site.webmanifest), and opens the form with them.
import { add, newKey } from "../scripts/posting/post_store.js";

export async function receiveShare(request) {
  const form = await request.formData();
  const share = newKey();
  const caption = String(form.get("text") || form.get("title") || "").slice(0, 500);
  const files = form.getAll("image").filter((file) => file instanceof File && file.size);
  for (const file of files) await add("", file, { share, caption: files.length === 1 ? caption : "" });
  return Response.redirect(`/post/?share=${encodeURIComponent(share)}`, 303);
}
