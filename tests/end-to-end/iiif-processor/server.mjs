// Shows one pyramid by iiif-processor, on a free port, which it prints: node server.mjs PYRAMID WIDTH HEIGHT LEVELS
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { Processor } from "iiif-processor";

const [pyramid, ...numbers] = process.argv.slice(2);
const [width, height, levels] = numbers.map(Number);
const extents = Array.from({ length: levels }, (_, level) => ({
  width: Math.ceil(width / 2 ** level),
  height: Math.ceil(height / 2 ** level),
}));

const server = createServer(async (request, response) => {
  try {
    const url = `http://${request.headers.host}${request.url}`;
    const image = new Processor(url, async () => createReadStream(pyramid), { dimensionFunction: async () => extents });
    const result = await image.execute();
    response.writeHead(result.statusCode ?? 200, { "content-type": result.contentType ?? "text/plain" });
    response.end(result.body ?? result.message);
  } catch (error) {
    response.writeHead(error.statusCode ?? 500).end(error.message);
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
