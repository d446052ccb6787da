// Lists what collection.json names, and shows the pages of the object behind `#`, in either version of the API.
const element = (id) => document.getElementById(id);

// A label of version 3 is a map of languages, one of version 2 a string or an object.
const text = (label) => {
  if (typeof label === "string") return label;
  if (label && "@value" in label) return label["@value"];
  return Object.values(label ?? {}).flat().join(" ");
};
const address = (thing) => thing.id ?? thing["@id"];

const read = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
};

const services = (manifest) => {
  const canvases = manifest.items ?? manifest.sequences?.[0]?.canvases ?? [];
  const picture = (canvas) => canvas.items?.[0]?.items?.[0]?.body ?? canvas.images?.[0]?.resource;
  return canvases.map((canvas) => [picture(canvas)?.service].flat()[0]).filter(Boolean).map(address);
};

let viewer;
const show = async (url) => {
  const manifest = await read(url);
  const pages = services(manifest).map((service) => `${service}/info.json`);
  element("label").textContent = text(manifest.label);
  for (const link of document.querySelectorAll("nav a")) {
    link.toggleAttribute("aria-current", link.dataset.manifest === url);
  }
  viewer?.destroy();
  viewer = OpenSeadragon({
    id: "stage",
    tileSources: pages,
    sequenceMode: pages.length > 1,
    showReferenceStrip: false,
    showNavigationControl: false,
    showSequenceControl: false,
    drawer: "canvas",
  });
};

// Pages are turned with the page keys: controls would need pictures of their own.
document.addEventListener("keydown", (event) => {
  const step = { PageDown: 1, PageUp: -1 }[event.key];
  const pages = viewer?.tileSources?.length ?? 0;
  const next = viewer ? viewer.currentPage() + (step ?? 0) : 0;
  if (step && next >= 0 && next < pages) viewer.goToPage(next);
});

const failed = (error) => { element("label").textContent = String(error.message ?? error); };

const start = async () => {
  const collection = await read("collection.json");
  element("title").textContent = document.title = text(collection.label);
  const manifests = collection.items ?? collection.manifests ?? [];
  for (const manifest of manifests) {
    const link = document.createElement("a");
    link.dataset.manifest = address(manifest);
    link.href = `#${encodeURIComponent(address(manifest))}`;
    link.textContent = text(manifest.label);
    element("objects").append(link);
  }
  // Only what the collection names is opened, whatever the address says.
  const known = new Set(manifests.map(address));
  const open = () => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const manifest = known.has(wanted) ? wanted : address(manifests[0] ?? {});
    if (manifest) show(manifest).catch(failed);
  };
  addEventListener("hashchange", open);
  open();
};
start().catch(failed);
