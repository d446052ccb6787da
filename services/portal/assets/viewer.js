"use strict";

const stage = document.getElementById("openseadragon");
const failure = document.getElementById("failure");

const viewer = OpenSeadragon({
  element: stage,
  tileSources: stage.dataset.info,
  crossOriginPolicy: "Anonymous",
  showNavigationControl: false,
  showNavigator: true,
  navigatorPosition: "BOTTOM_RIGHT",
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  maxZoomPixelRatio: 2,
});

const zoomBy = (factor) => viewer.viewport.zoomBy(factor).applyConstraints();
const tools = {
  "zoom-in": () => zoomBy(2),
  "zoom-out": () => zoomBy(0.5),
  "home": () => viewer.viewport.goHome(),
  "rotate": () => viewer.viewport.setRotation(viewer.viewport.getRotation() + 90),
  "full-page": () => viewer.setFullScreen(!viewer.isFullPage()),
};
for (const [id, use] of Object.entries(tools)) {
  document.getElementById(id).addEventListener("click", use);
}

// Lets a test, or a curious person at the console, steer the view.
window.rectoViewer = viewer;

function tell(message) {
  failure.textContent = message;
  failure.hidden = false;
}

viewer.addHandler("open-failed", () => tell("The image can't be opened."));
viewer.addHandler("tile-load-failed", () => tell("Parts of the image can't be shown to you."));

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
