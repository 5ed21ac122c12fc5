// Posting photos on every page: the form, the status pill, the previews in the grid, and the queue behind them.
import { showPendingCards } from "./pending_cards.js";
import { run } from "./queue_runner.js";
import { enablePostForm } from "./sheet.js";
import { guardSignOut, noteAccount } from "./sign_out.js";
import { showStatusPill } from "./status_pill.js";

export async function enablePosting() {
  const user = document.querySelector("[data-account]")?.dataset.account ?? "";
  noteAccount(user).catch(() => {});
  if (!user) return;
  const form = document.querySelector("form[data-upload]");
  const sheet = form && enablePostForm(form, user, ({ isClean }) => afterSubmit(form, user, isClean));
  showPendingCards(user);
  showStatusPill(user, { run: () => run(user), edit: (key) => edit(sheet, key) });
  guardSignOut(user);
  navigator.storage?.persist?.().catch(() => {});
  run(user);
}

/** The page of the form alone has no grid: it leads to the page that shows the photos. */
function afterSubmit(form, user, isClean) {
  run(user);
  if (isClean && !form.closest("dialog")) location.assign(form.dataset.upload);
}

function edit(sheet, key) {
  if (sheet) sheet.edit(key);
}
