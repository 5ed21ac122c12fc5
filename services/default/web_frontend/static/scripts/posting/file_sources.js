// Files from the picker, the camera, the clipboard, and by drag and drop on any page.

/** Calls `addFiles` with the files of every source. */
export function acceptFiles(form, addFiles) {
  const camera = form.querySelector(".camera input");
  for (const input of [form.elements.image, camera]) {
    input.addEventListener("change", () => {
      addFiles([...input.files]);
      input.value = "";
    });
  }
  acceptPaste(addFiles);
  acceptDrops(addFiles);
}

function acceptPaste(addFiles) {
  document.addEventListener("paste", (event) => {
    const images = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (!images.length) return;
    event.preventDefault();
    addFiles(images);
  });
}

function acceptDrops(addFiles) {
  const highlight = (isOver) => document.documentElement.classList.toggle("dropping", isOver);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    highlight(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || highlight(false));
  document.addEventListener("drop", (event) => {
    highlight(false);
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    event.preventDefault();
    addFiles(files);
  });
}
