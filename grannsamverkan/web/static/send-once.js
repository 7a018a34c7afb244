// A second press on the button of a form that is under way does nothing. The server takes care of it too.
document.addEventListener("submit", event => {
  const form = event.target.closest("[data-send-once]");
  if (!form) return;
  if (form.dataset.underWay) event.preventDefault();
  form.dataset.underWay = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("[data-send-once]").forEach(form => delete form.dataset.underWay));
