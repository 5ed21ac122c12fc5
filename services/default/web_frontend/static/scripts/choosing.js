// Pictures come from the picker, the camera, the clipboard, or from anywhere by drag and drop; each gets a row.

export function chooseFromAnywhere(form) {
  const picker = form.elements.image;
  const camera = form.querySelector(".camera input");
  picker.multiple = true;
  picker.required = false;
  form.querySelector("[data-single]").hidden = true;
  form.querySelectorAll(".by-script, .camera").forEach((part) => { part.hidden = false; });
  for (const input of [picker, camera]) input.addEventListener("change", () => takeFrom(form, input));
  acceptPaste(form);
  acceptDrops(form);
}

export function rowsOf(form) {
  return [...form.querySelectorAll(".chosen li")];
}

export function showCount(form) {
  const count = rowsOf(form).length;
  form.querySelector("[type=submit]").textContent = count > 1 ? `Post ${count} photos` : "Post photo";
}

export function tell(row, words, isWrong = false) {
  const said = row.querySelector(".said");
  said.textContent = words ? `${row.file.name}: ${words}` : row.file.name;
  said.classList.toggle("wrong", isWrong);
}

function takeFrom(form, input) {
  take(form, input.files);
  input.value = "";
}

function acceptPaste(form) {
  document.addEventListener("paste", (event) => {
    const pictures = picturesIn(event.clipboardData);
    if (!pictures.length) return;
    event.preventDefault();
    take(form, pictures);
  });
}

function acceptDrops(form) {
  const mark = (isOver) => document.documentElement.classList.toggle("dropping", isOver);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  document.addEventListener("drop", (event) => {
    mark(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(form, event.dataTransfer.files);
  });
}

function picturesIn(clipboard) {
  return [...(clipboard?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}

function take(form, files) {
  const sheet = form.closest("dialog");
  if (sheet && !sheet.open) sheet.showModal();
  for (const file of files) form.querySelector(".chosen").append(rowFor(form, file));
  showCount(form);
}

function rowFor(form, file) {
  const row = form.querySelector("template").content.firstElementChild.cloneNode(true);
  const preview = row.querySelector("img");
  preview.src = URL.createObjectURL(file);
  preview.addEventListener("load", () => URL.revokeObjectURL(preview.src), { once: true });
  preview.addEventListener("error", () => { preview.hidden = true; }, { once: true });
  row.querySelector("input").ariaLabel = `Caption for ${file.name}`;
  row.querySelector("button").ariaLabel = `Leave out ${file.name}`;
  row.querySelector("button").addEventListener("click", () => leaveOut(form, row));
  Object.assign(row, { file, key: crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now() });
  tell(row, "");
  return row;
}

function leaveOut(form, row) {
  row.remove();
  showCount(form);
  form.elements.image.focus();
}
