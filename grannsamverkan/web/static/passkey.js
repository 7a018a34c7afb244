// Forms that send a key's answer. Hidden until the browser is known to have keys; what is said to others is hidden then.
const has = window.PublicKeyCredential;
if (has && has.parseRequestOptionsFromJSON && has.parseCreationOptionsFromJSON) {
  document.querySelectorAll("[data-without-key]").forEach(words => { words.hidden = true; });
  document.querySelectorAll("[data-key]").forEach(part => {
    const form = part.querySelector("form"), button = form.querySelector("button"), failed = part.querySelector("[data-failed]");
    part.hidden = false;
    form.addEventListener("submit", async event => {
      event.preventDefault();
      failed.textContent = "";
      button.disabled = true;
      try {
        const token = new URLSearchParams({csrf_token: form.elements.csrf_token.value});
        const asked = await (await fetch(part.dataset.ask, {method: "POST", body: token})).json();
        const key = part.dataset.key === "new"
          ? await navigator.credentials.create({publicKey: has.parseCreationOptionsFromJSON(asked)})
          : await navigator.credentials.get({publicKey: has.parseRequestOptionsFromJSON(asked)});
        form.elements.nyckelsvar.value = JSON.stringify(key.toJSON());
        form.submit();
      } catch (error) {
        failed.textContent = error.name === "InvalidStateError" ? failed.dataset.there : failed.dataset.failed;
        button.disabled = false;
      }
    });
  });
}
