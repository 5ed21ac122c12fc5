// Use the API with the generated types: post a photo, read it, and list the timeline.
import { readFile } from "node:fs/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/timeline.js";

type Photo = components["schemas"]["PhotoView"];

const [baseUrl, token, file] = process.argv.slice(2);
if (!baseUrl || !token || !file) throw new Error("usage: client.js URL TOKEN FILE");

const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const form = new FormData();
form.set("image", new Blob([new Uint8Array(await readFile(file))]), "photo.jpg");
form.set("caption", "sea");
const posted = await api.POST("/api/v1/photos", {
  body: { image: "photo.jpg" },
  bodySerializer: () => form,
});
if (posted.error) throw new Error(posted.error.code);
const photo: Photo = posted.data;

const read = await api.GET("/api/v1/photos/{photo_id}", { params: { path: { photo_id: photo.id } } });
const everyone = await api.GET("/api/v1/photos", { params: { query: { limit: 5 } } });
const missing = await api.GET("/api/v1/users/{user}", { params: { path: { user: "nobody" } } });

const ids = everyone.data?.results.map((each) => each.id) ?? [];
if (read.data?.caption !== "sea" || !ids.includes(photo.id)) throw new Error("the photo is not there");
if (missing.error?.code !== "not_found") throw new Error("the error has no code");
console.log(`TypeScript client: posted and read ${photo.id}`);
