// Reads IIIF documents as viewers do, in files, and tells what each reader made of them: node judge.mjs FILE…
// @iiif/parser is in Clover and the Manifest Editor, manifesto.js in Mirador and the Universal Viewer.
import { readFileSync } from "node:fs";
import { normalize, serialize, serializeConfigPresentation3 } from "@iiif/parser";
import { convertPresentation2 } from "@iiif/parser/presentation-2";
import * as manifesto from "manifesto.js";

const judged = process.argv.slice(2).map((file) => {
  const text = readFileSync(file, "utf8");
  const json = JSON.parse(text);
  const { entities, mapping, resource } = normalize(json["@id"] ? convertPresentation2(json) : json);
  const parsed = serialize({ entities, mapping, requests: {} }, resource, serializeConfigPresentation3);
  const seen = manifesto.parseManifest(text);
  const canvases = seen.isManifest() ? seen.getSequences()[0].getCanvases() : [];
  return {
    type: resource.type,
    parser: parsed.items.map((item) => item.id),
    manifesto: seen.isManifest() ? canvases.map((canvas) => canvas.id) : seen.items.map((item) => item.id),
    thumbnails: canvases.map((canvas) => canvas.getCanonicalImageUri(90) && canvas.getThumbnail()?.id),
    ranges: seen.isManifest() ? seen.getAllRanges().filter((range) => range.getCanvasIds().length > 0).length : 0,
  };
});
console.log(JSON.stringify(judged));
