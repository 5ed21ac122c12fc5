// Adds files from the file picker, the camera, the clipboard, and by drag and drop, each in a row of the form.

export function enableFileChooser(form) {
  const picker = form.elements.image;
  const camera = form.querySelector(".camera input");
  picker.multiple = true;
  picker.required = false;
  form.querySelector("[data-single]").hidden = true;
  form.querySelectorAll(".with-script, .camera").forEach((part) => { part.hidden = false; });
  for (const input of [picker, camera]) input.addEventListener("change", () => addFrom(form, input));
  acceptPaste(form);
  acceptDrops(form);
}

export function rowsOf(form) {
  return [...form.querySelectorAll(".chosen li")];
}

export function updateSubmitButton(form) {
  const count = rowsOf(form).length;
  form.querySelector("[type=submit]").textContent = count > 1 ? `Post ${count} photos` : "Post photo";
}

export function showMessage(row, text, isWrong = false) {
  const message = row.querySelector(".message");
  message.textContent = text ? `${row.file.name}: ${text}` : row.file.name;
  message.classList.toggle("wrong", isWrong);
}

function addFrom(form, input) {
  addFiles(form, input.files);
  input.value = "";
}

function acceptPaste(form) {
  document.addEventListener("paste", (event) => {
    const images = imagesIn(event.clipboardData);
    if (!images.length) return;
    event.preventDefault();
    addFiles(form, images);
  });
}

function acceptDrops(form) {
  const highlight = (isOver) => document.documentElement.classList.toggle("dropping", isOver);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    highlight(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || highlight(false));
  document.addEventListener("drop", (event) => {
    highlight(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    addFiles(form, event.dataTransfer.files);
  });
}

function imagesIn(clipboard) {
  return [...(clipboard?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}

function addFiles(form, files) {
  const sheet = form.closest("dialog");
  if (sheet && !sheet.open) sheet.showModal();
  for (const file of files) form.querySelector(".chosen").append(rowFor(form, file));
  updateSubmitButton(form);
}

function rowFor(form, file) {
  const row = form.querySelector("template").content.firstElementChild.cloneNode(true);
  const preview = row.querySelector("img");
  preview.src = URL.createObjectURL(file);
  preview.addEventListener("load", () => URL.revokeObjectURL(preview.src), { once: true });
  preview.addEventListener("error", () => { preview.hidden = true; }, { once: true });
  row.querySelector("input").ariaLabel = `Caption for ${file.name}`;
  row.querySelector("button").ariaLabel = `Remove ${file.name}`;
  row.querySelector("button").addEventListener("click", () => removeRow(form, row));
  Object.assign(row, { file, key: crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now() });
  showMessage(row, "");
  return row;
}

function removeRow(form, row) {
  row.remove();
  updateSubmitButton(form);
  form.elements.image.focus();
}
