// Opens the API's reference page in headless Chromium, which reaches this machine alone, looks something up, and tells what it saw:
// node reference.mjs PAGE SCREENSHOT
import { chromium } from "playwright-core";

const [address, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(address).origin });
const page = await context.newPage();

const errors = [];
const elsewhere = [];
page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
page.on("pageerror", (error) => errors.push(String(error)));
page.on("requestfailed", (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
page.on("request", (request) => {
  if (new URL(request.url()).host !== new URL(address).host) elsewhere.push(request.url());
});

await page.goto(address, { waitUntil: "networkidle" });
const shown = () => page.locator("main section:visible").count();
const all = await shown();

await page.keyboard.press("/");
await page.keyboard.type("move space");
const found = await page.locator("main section:visible").evaluateAll((sections) => sections.map((it) => it.id));
await page.fill("#customer", "7");
await page.fill("#space", "3");
await page.locator("main section:visible button", { hasText: "Copy" }).first().click();
await page.locator("main section:visible button", { hasText: "Copied" }).first().waitFor();
const copied = await page.evaluate(() => navigator.clipboard.readText());
const links = await page.locator("nav a:visible").count();
await page.fill("#find", "");
await page.locator("nav a", { hasText: "Registers a batch" }).first().click();
await page.screenshot({ path: screenshot });
const hash = new URL(page.url()).hash;
const again = await shown();
await browser.close();
console.log(JSON.stringify({ errors, elsewhere, all, found, links, copied, hash, again }));
