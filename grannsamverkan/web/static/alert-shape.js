// Draws a circle or a surface by clicks. The text fields are the truth: this only writes them and shows them. The areas
// are those of the maps in the list.
(() => {
  const corner = /^\s*(-?\d{1,3}[.,]\d+)\s*[,; ]\s*(-?\d{1,3}[.,]\d+)\s*$/;
  const spot = line => { const found = corner.exec(line); return found && [1, 2].map(n => Number(found[n].replace(",", "."))); };
  const written = ({ lat, lng }) => `${lat.toFixed(5)}, ${lng.toFixed(5)}`;

  function begin(block) {
    const maps = [...document.querySelectorAll("[data-map]")].map(fold => JSON.parse(fold.dataset.map));
    if (!maps.length) return;
    const [middle, radius, corners] = ["mitt", "radie", "yta"].map(id => document.getElementById(id));
    const place = block.querySelector("figure > div");
    block.hidden = false;
    const map = L.map(place, { attributionControl: false, keyboard: false, scrollWheelZoom: false, zoomSnap: 0.25, fadeAnimation: false, zoomAnimation: false });
    const outline = L.polygon(maps.flatMap(({ land }) => land), { className: "gs-m-land", fillOpacity: 1, interactive: false }).addTo(map);
    maps.flatMap(({ areas }) => areas).forEach(area => L.polygon(area.rings, { className: "gs-m-area", weight: 3, fillOpacity: 1, interactive: false }).addTo(map));
    const drawn = L.featureGroup([]).addTo(map);
    const look = { className: "gs-m-hit", fillOpacity: 0.6, interactive: false };
    const lines = () => corners.value.trim() ? corners.value.trim().split("\n") : [];

    function surface() {
      if (corners.value.trim().startsWith("{")) {
        try { return L.geoJSON(JSON.parse(corners.value), look); } catch { return null; }
      }
      return L.polygon(lines().map(spot).filter(Boolean), look);
    }

    function show() {
      drawn.clearLayers();
      const at = spot(middle.value), metres = Number(radius.value);
      const layer = corners.value.trim() ? surface() : at && metres > 0 ? L.circle(at, { ...look, radius: metres }) : null;
      if (layer) drawn.addLayer(layer);
    }

    function write(round, surfaceLines) {
      middle.value = round;
      corners.value = surfaceLines.join("\n");
      show();
    }

    map.on("click", ({ latlng }) => block.querySelector("[data-surface]").checked ? write("", [...lines(), written(latlng)]) : write(written(latlng), []));
    block.querySelector("[data-undo]").addEventListener("click", () => write("", lines().slice(0, -1)));
    block.querySelector("[data-clear]").addEventListener("click", () => write("", []));
    [middle, radius, corners].forEach(field => field.addEventListener("input", show));
    const fit = () => { map.invalidateSize(); map.fitBounds(outline.getBounds().pad(0.05)); show(); if (drawn.getLayers().length) map.fitBounds(drawn.getBounds().pad(2)); };
    new ResizeObserver(() => { if (place.offsetWidth) fit(); }).observe(place);
  }

  if (window.L) document.querySelectorAll("[data-shape]").forEach(begin);
})();
