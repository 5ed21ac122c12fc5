// Suggests the browser's time zone if another one is selected.
export function suggestTimezone() {
  const button = document.querySelector("[data-own-timezone]");
  const zones = document.getElementById("timezone");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const option = [...(zones?.options ?? [])].find((each) => each.value === own);
  if (!button || !option || option.selected) return;
  button.textContent = `Use ${option.text}`;
  button.hidden = false;
  button.addEventListener("click", () => {
    zones.value = own;
    button.hidden = true;
    zones.focus();
  });
}
