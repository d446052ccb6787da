"use strict";

const stage = document.getElementById("openseadragon");
const failure = document.getElementById("failure");

const viewer = OpenSeadragon({
  element: stage,
  tileSources: stage.dataset.info,
  crossOriginPolicy: "Anonymous",
  showNavigator: true,
  navigatorPosition: "BOTTOM_RIGHT",
  zoomInButton: "zoom-in",
  zoomOutButton: "zoom-out",
  homeButton: "home",
  rotateRightButton: "rotate",
  fullPageButton: "full-page",
  showRotationControl: true,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  maxZoomPixelRatio: 2,
});

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
