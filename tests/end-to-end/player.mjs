// Plays a recording in headless Chromium, jumps to its middle, and tells what happened:
// node player.mjs PAGE VIDEO SECONDS — PAGE is any page of the same server, SECONDS where to jump to.
import { chromium } from "playwright-core";

const [page_address, video, seconds] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"],
});
const page = await browser.newPage();
const parts = [];
page.on("response", (response) => {
  if (response.url() === video) parts.push({ status: response.status(), range: response.headers()["content-range"] ?? null });
});
await page.goto(page_address);
const seen = await page.evaluate(
  async ([address, moment]) => {
    document.body.innerHTML = "";
    const player = document.createElement("video");
    player.muted = true;
    player.crossOrigin = "anonymous";
    document.body.append(player);
    const happens = (name) =>
      new Promise((done, fail) => {
        player.addEventListener(name, done, { once: true });
        player.addEventListener("error", () => fail(new Error(player.error?.message ?? "error")), { once: true });
      });
    player.src = address;
    await happens("loadeddata");
    const jumped = happens("seeked");
    player.currentTime = Number(moment);
    await jumped;
    const begun = happens("timeupdate");
    await player.play();
    await begun;
    // A moment that was sought may be there before its picture is.
    await new Promise((shown) => player.requestVideoFrameCallback(shown));
    const sheet = new OffscreenCanvas(player.videoWidth, player.videoHeight);
    const pen = sheet.getContext("2d");
    pen.drawImage(player, 0, 0);
    const pixel = [...pen.getImageData(player.videoWidth / 2, player.videoHeight / 2, 1, 1).data];
    return { duration: player.duration, width: player.videoWidth, height: player.videoHeight, at: player.currentTime, pixel };
  },
  [video, seconds],
);
await browser.close();
console.log(JSON.stringify({ ...seen, parts }));
