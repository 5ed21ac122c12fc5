// Previews of files by the browser itself. HEIC files have none in most browsers.

/** Shows a preview in `image`, or hides it; resolves to the width divided by the height, or 0 without a preview. */
export function showPreview(image, file) {
  return new Promise((done) => {
    const address = URL.createObjectURL(file);
    image.addEventListener("load", () => finish(image.naturalWidth / Math.max(image.naturalHeight, 1)), { once: true });
    image.addEventListener("error", () => finish(0), { once: true });
    image.src = address;

    function finish(ratio) {
      URL.revokeObjectURL(address);
      image.hidden = !ratio;
      done(ratio);
    }
  });
}
