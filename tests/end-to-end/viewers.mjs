// Opens a manifest in viewers that others made, in headless Chromium, turns to a page in the middle, and tells of each which
// thumbnails and which page it showed, and what went wrong: node viewers.mjs MANIFEST PAGE FOLDER, where screenshots go to
// FOLDER.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [manifest, wanted, folder] = process.argv.slice(2);
const page = Number(wanted);
const quoted = JSON.stringify(manifest);
const PATIENCE = 60_000;
const THUMBNAILS = 6;

// Each as its own README embeds it. `excused` is what a viewer says of itself, wherever its pages come from.
const viewers = {
  mirador: {
    body: `<div id="viewer"></div><script src="/mirador/dist/mirador.min.js"></script>
      <script>Mirador.viewer({ id: "viewer", windows: [{ manifestId: ${quoted}, canvasIndex: ${page - 1}, view: "single",
        thumbnailNavigationPosition: "far-bottom" }] })</script>`,
    excused: "Accessing element.ref was removed in React 19",
  },
  "universal-viewer": {
    body: `<link rel="stylesheet" href="/universalviewer/dist/uv.css"><div class="uv" id="viewer"></div>
      <script src="/universalviewer/dist/umd/UV.js"></script>
      <script>UV.init("viewer", { manifest: ${quoted}, canvasIndex: ${page - 1}, embedded: true })</script>`,
    excused: "/images/data:image/gif",
  },
  tify: {
    body: `<link rel="stylesheet" href="/tify/dist/tify.css"><div id="viewer"></div>
      <script type="module">import Tify from "/tify/dist/tify.js";
        new Tify({ container: "#viewer", manifestUrl: ${quoted}, pages: [${page}], view: "thumbnails" })</script>`,
  },
  clover: {
    body: `<script src="/@samvera/clover-iiif/dist/web-components/index.umd.js"></script>
      <div id="viewer"><clover-viewer id=${quoted}></clover-viewer></div>`,
    // It begins with the first page, whatever it is told, and turns to those whose thumbnails are seen.
    page: 3,
    turn: (tab) => tab.locator(`img[src="${items[2].thumbnail[0].id}"]`).first().click(),
    excused: "is not accurate with multi-image",
  },
};

// The services of a page's picture, as the manifest has them.
const { items } = await (await fetch(manifest)).json();
const services = (number) => items[number - 1].items[0].items[0].body.service.map((service) => service.id ?? service["@id"]);
const origin = new URL(manifest).origin;

const modules = fileURLToPath(new URL("node_modules", import.meta.url));
const types = { ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml" };
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const viewer = viewers[path.slice(1)];
  const file = join(modules, normalize(path));
  if (viewer) {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>${path}</title>
      <style>body { margin: 0 } #viewer { position: absolute; inset: 0; height: 900px }</style>${viewer.body}`);
  } else if (existsSync(file) && statSync(file).isFile()) {
    response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
    createReadStream(file).pipe(response);
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const seen = {};
for (const [name, viewer] of Object.entries(viewers)) {
  const tab = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const errors = [];
  const pictures = [];
  const complain = (text) => (viewer.excused && text.includes(viewer.excused)) || errors.push(text);
  tab.on("console", (message) => {
    // A resource that is not there is told with its address below.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complain(message.text());
  });
  tab.on("pageerror", (error) => complain(String(error)));
  tab.on("requestfailed", (request) => complain(`${request.url()}: ${request.failure()?.errorText}`));
  tab.on("response", (response) => {
    if (response.status() >= 400) complain(`${response.url()}: ${response.status()}`);
    if (response.status() === 200 && response.url().endsWith(".jpg")) pictures.push(response.url());
  });
  // The thumbnails that can be seen; what lies on OpenSeadragon's canvas is no image of the page.
  const thumbnails = () => tab.evaluate((origin) => {
    const isSeen = (it) => it.complete && it.naturalWidth > 0 && it.src.startsWith(origin);
    return [...new Set([...document.querySelectorAll("img")].filter(isSeen).map((it) => it.src))];
  }, origin);
  const isShown = () => services(viewer.page ?? page).some((service) => pictures.some((url) => url.startsWith(`${service}/`)));
  const until = async (holds) => {
    const deadline = Date.now() + PATIENCE;
    while (!(await holds()) && Date.now() < deadline) await tab.waitForTimeout(100);
  };
  await tab.goto(`${address}/${name}`, { waitUntil: "load" });
  await until(async () => (await thumbnails()).length >= THUMBNAILS);
  if (viewer.turn) await viewer.turn(tab);
  await until(isShown);
  // What was asked for last may still fail.
  await tab.waitForLoadState("networkidle");
  await tab.screenshot({ path: join(folder, `${name}.png`) });
  seen[name] = { errors, thumbnails: (await thumbnails()).length, shown: isShown() };
  await tab.close();
}
await browser.close();
server.close();
console.log(JSON.stringify(seen));
