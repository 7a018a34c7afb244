// Draws a boundary by clicks. The lines of the text field are the truth: this only writes them and shows them. An empty
// line begins another surface.
(() => {
  const lines = field => field.value.trim() ? field.value.replace(/\n$/, "").split("\n").map(line => line.trim()) : [];
  const corner = line => line.replace(/(\d),(?=\d)/g, "$1.").split(/[,;\s]+/).map(Number);
  const isCorner = pair => pair.length === 2 && pair.every(Number.isFinite);

  function begin(fold) {
    const { land } = JSON.parse(fold.dataset.draw);
    const field = document.getElementById("corners");
    fold.hidden = false;
    const map = L.map(fold.querySelector("figure > div"), { attributionControl: false, keyboard: false, fadeAnimation: false, zoomAnimation: false });
    const outline = L.polygon(land, { className: "gs-m-land", fillOpacity: 1, interactive: false }).addTo(map);
    const drawn = L.polygon([], { className: "gs-m-hit", fillOpacity: 0.6, interactive: false }).addTo(map);
    const surfaces = () => lines(field).join("\n").split(/\n\n+/).map(part => [part.split("\n").map(corner).filter(isCorner)]);
    const show = () => drawn.setLatLngs(surfaces());
    const write = kept => { field.value = kept.join("\n"); show(); };
    map.on("click", ({ latlng }) => write([...lines(field), `${latlng.lat.toFixed(5)}, ${latlng.lng.toFixed(5)}`]));
    fold.querySelector("[data-undo]").addEventListener("click", () => write(lines(field).slice(0, -1)));
    fold.querySelector("[data-clear]").addEventListener("click", () => write([]));
    field.addEventListener("input", show);
    show();
    map.fitBounds((lines(field).length > 2 ? drawn : outline).getBounds().pad(0.2));
  }

  if (window.L) document.querySelectorAll("[data-draw]").forEach(begin);
})();
