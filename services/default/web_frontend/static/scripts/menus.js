// Closes the menu with Escape and with a click outside.
export function closeMenus() {
  document.addEventListener("keydown", (event) => event.key === "Escape" && close(true));
  document.addEventListener("click", (event) => event.target.closest(".menu") || close(false));
}

function close(isByKey) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    menu.open = false;
    if (isByKey) menu.querySelector("summary").focus();
  }
}
