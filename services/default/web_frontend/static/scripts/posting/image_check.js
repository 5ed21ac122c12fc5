// Checks the type and the size of a file before it is sent. The server checks the whole file again.
const READ_BYTES = 64;
const HEIC_BRANDS = ["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1"];
const AVIF_BRANDS = ["avif", "avis"];

export const NOT_SUPPORTED = "is not a supported image. Choose a JPEG, PNG, WebP, GIF, HEIC or AVIF file.";

/** Returns the media type by the first bytes, because names and types of files are often wrong; "" if none is known. */
export async function imageType(file) {
  const start = characters(await file.slice(0, READ_BYTES).arrayBuffer());
  if (start.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) return "image/gif";
  if (start.startsWith("RIFF") && start.slice(8, 12) === "WEBP") return "image/webp";
  return start.slice(4, 8) === "ftyp" ? typeOfBrands(start) : "";
}

/** One character per byte. TextDecoder("latin1") is Windows-1252, which reads the first byte of a PNG as "‰". */
function characters(bytes) {
  return String.fromCharCode(...new Uint8Array(bytes));
}

function typeOfBrands(start) {
  const brands = start.slice(8, Math.max(16, start.charCodeAt(3))).match(/.{4}/gs) ?? [];
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return "image/avif";
  return brands.some((brand) => HEIC_BRANDS.includes(brand)) ? "image/heic" : "";
}

/** Returns {type, error}; `error` is empty if the file may be sent. */
export async function check(file, maxBytes) {
  if (!file.size) return { type: "", error: "is empty. Choose another file." };
  if (file.size > maxBytes) return { type: "", error: `is larger than ${megabytes(maxBytes)}. Choose a smaller one.` };
  try {
    const type = await imageType(file);
    return { type, error: type ? "" : NOT_SUPPORTED };
  } catch {
    return { type: "", error: "could not be read. Choose it again." };
  }
}

export function megabytes(bytes) {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}

export function formatBytes(bytes) {
  const size = bytes / 1024 / 1024;
  return size < 0.1 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${size.toFixed(size < 10 ? 1 : 0)} MB`;
}
