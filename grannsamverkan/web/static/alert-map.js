// Draws the municipality and its networks; a click on an area ticks its box in the list, and the other way round.
// The list is always there and works alone: this only adds to it.
(() => {
  const shown = { className: "gs-m-area", weight: 3, fillOpacity: 1 };
  const chosen = { className: "gs-m-hit" };

  function box(id) { return document.getElementById(`var-${id}`); }

  function look(layer, isChosen) {
    const path = layer.getElement();
    if (!path) return;
    path.classList.toggle(chosen.className, isChosen);
    path.classList.toggle(shown.className, !isChosen);
  }

  // As an element: Leaflet takes a string for HTML, and a name is somebody's words.
  function words(name) {
    const shown = document.createElement("span");
    shown.textContent = name;
    return shown;
  }

  function overlap(one, other) {
    return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
  }

  // A name that would lie over another waits for its area to be pointed at; those of chosen areas come first.
  function makeRoom(layers) {
    const taken = [];
    [...layers].sort(([one], [other]) => box(other).checked - box(one).checked).forEach(([, layer]) => {
      const name = layer.getTooltip().getElement();
      if (!name) return;
      const here = name.getBoundingClientRect();
      const isFree = !taken.some(there => overlap(here, there));
      name.classList.toggle("gs-m-waits", !isFree);
      if (isFree) taken.push(here);
    });
  }

  function draw(fold) {
    const { land, areas } = JSON.parse(fold.dataset.map);
    const place = fold.querySelector("figure > div");
    fold.hidden = false;
    fold.open = matchMedia("(min-width: 640px)").matches;
    const map = L.map(place, { attributionControl: false, keyboard: false, scrollWheelZoom: false, zoomSnap: 0.25, fadeAnimation: false, zoomAnimation: false });
    const outline = L.polygon(land, { className: "gs-m-land", fillOpacity: 1, interactive: false }).addTo(map);
    const layers = areas.map(area => {
      const layer = L.polygon(area.rings, shown).bindTooltip(words(area.name), { permanent: true, direction: "right", offset: [20, 0] }).addTo(map);
      layer.on("click", () => {
        const input = box(area.id);
        input.checked = !input.checked;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
      layer.on("mouseover mouseout", event => {
        layer.getTooltip().getElement()?.classList.toggle("gs-m-asked", event.type === "mouseover");
      });
      return [area.id, layer];
    });
    const all = L.featureGroup(layers.map(([, layer]) => layer));
    const refresh = () => {
      layers.forEach(([id, layer]) => look(layer, box(id).checked));
      makeRoom(layers);
    };
    const fit = () => { map.invalidateSize(); map.fitBounds((areas.length ? all : outline).getBounds().pad(0.2)); refresh(); };
    fold.closest("form").addEventListener("change", refresh);
    map.on("zoomend", () => makeRoom(layers));
    new ResizeObserver(() => { if (place.offsetWidth) fit(); }).observe(place);
  }

  if (window.L) document.querySelectorAll("[data-map]").forEach(draw);
})();
