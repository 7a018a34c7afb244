// The summary of a refused form takes the focus, so that it is read first. The page works without this too.
document.querySelector("[data-focus]")?.focus();
