// Opens a viewer page in headless Chromium, zooms in until the image is shown in full size, and tells what happened:
// node viewer.mjs PAGE SCREENSHOT
import { chromium } from "playwright-core";

const [address, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });

const errors = [];
const images = [];
page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
page.on("pageerror", (error) => errors.push(String(error)));
page.on("requestfailed", (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
page.on("response", (response) => {
  if (response.request().resourceType() === "image") images.push({ url: response.url(), status: response.status() });
});

await page.goto(address, { waitUntil: "networkidle" });
const canvas = page.locator(".openseadragon-canvas canvas").first();
await canvas.waitFor();
const box = await canvas.boundingBox();
await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
for (let step = 0; step < 12; step += 1) {
  await page.mouse.wheel(0, -400);
  await page.waitForTimeout(250);
}
// OpenSeadragon asks for the sharpest tiles once the picture stands still.
await page.waitForTimeout(1500);
await page.waitForLoadState("networkidle");
await page.screenshot({ path: screenshot });
await browser.close();
console.log(JSON.stringify({ errors, images }));
