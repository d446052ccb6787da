// Draws the API's own description, /openapi.json: everything on this page comes from there.

const METHODS = ["get", "post", "put", "patch", "delete"];
const field = (id) => document.getElementById(id);

/** An element with what is in it: texts stay texts. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The schema that a content has, and the class of its members if it is a list. */
function schemaOf(content, classes) {
  const schema = Object.values(content ?? {})[0]?.schema ?? {};
  const member = schema.properties?.member?.items;
  const name = (member ?? schema).$ref?.split("/").pop();
  return { name, isList: Boolean(member), properties: classes[name]?.properties ?? {} };
}

const isSent = ([name, property]) => !name.startsWith("@") && !property.readOnly;

/** A body to begin with. Which properties are needed depends; these are the ones most often sent. */
function exampleBody({ name, isList, properties }) {
  const KNOWN = {
    name: "maps", displayName: "Maps", email: "ada@example.org", password: "…", mediaType: "image/tiff",
    origin: "https://files.example.org/ms-1.tif", channel: "thumbs", policy: "default", key: "X-Robots-Tag",
    value: "none", policyData: "[\"!1024,1024\",\"400,\"]", template: "assetOrder=n1&s1=p1", regex: "^https://files\\.example\\.org/",
    strategy: "default", maximumNumberOfStoredImages: 1000, maximumTotalSizeOfStoredImages: 1000000000,
    storagePolicy: "default", label: "scanner", scope: "register",
  };
  const sent = Object.entries(properties).filter(isSent).map(([property]) => property);
  const one = Object.fromEntries(sent.filter((it) => it in KNOWN).map((it) => [it, KNOWN[it]]));
  if (!isList) return one;
  return { member: [name === "Image" ? { id: "ms-1", space: 1, ...one } : one] };
}

function exampleOf(operation) {
  if (operation.path.endsWith("/move") || operation.path.endsWith("/copy")) return { space: 2, id: "ms-1" };
  if (operation.path.endsWith("/deleteImages")) return { member: [{ id: "2/1/ms-1" }] };
  if (operation.path.endsWith("/allImages")) {
    const member = [{ id: "2/1/ms-1" }];
    return operation.method === "post" ? { member } : { field: "tags", operation: "add", value: ["map"], member };
  }
  return exampleBody(operation.body);
}

/** What somebody types into a shell. */
function curl(operation, server) {
  const chosen = { customerId: field("customer").value || "2", spaceId: field("space").value || "1" };
  chosen.space = chosen.spaceId;
  const path = operation.path.replace(/\{(\w+)\}/g, (whole, name) => chosen[name] ?? `$${name}`);
  const words = ["curl"];
  if (operation.isGuarded) words.push("-u $KEY");
  if (operation.method !== "get") words.push(`-X ${operation.method.toUpperCase()}`);
  const url = `"${server}${path}"`;
  if (!operation.bodyType) return [...words, url].join(" ");
  const data = operation.bodyType === "application/json"
    ? `-d '${JSON.stringify(exampleOf(operation), null, 1).replace(/\n */g, " ").replaceAll("'", "'\\''")}'`
    : "--data-binary @table.csv";
  return [...words, `-H 'Content-Type: ${operation.bodyType}'`, url, "\\\n ", data].join(" ");
}

function rows(entries) {
  return element("table", {}, ...entries.map((cells) =>
    element("tr", {}, ...cells.map((cell) => element("td", {}, cell)))));
}

const typeOf = (schema) => [schema.type ?? "any", schema.items?.type ? ` of ${schema.items.type}` : ""].join("");
const describe = ([name, schema]) => [name, typeOf(schema), schema.description ?? ""];

function titled(title, ...children) {
  return [element("h3", {}, title), ...children];
}

/** A command and the button that copies it. */
function example(operation, server) {
  const text = element("code", {}, curl(operation, server));
  const button = element("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  operation.refresh = () => { text.textContent = curl(operation, server); };
  return element("div", { class: "example" }, element("pre", {}, text), button);
}

function section(operation, server) {
  const made = element("section", { id: operation.id },
    element("h2", {}, element("span", { class: `method ${operation.method}` }, operation.method), operation.path),
    element("p", {}, [operation.summary, operation.description].filter(Boolean).join(". ")),
    example(operation, server));
  if (operation.parameters.length > 0) {
    made.append(...titled("Parameters", rows(operation.parameters.map((it) =>
      [it.name, `${it.in}, ${typeOf(it.schema)}`, it.description ?? ""]))));
  }
  const sent = Object.entries(operation.body.properties).filter(isSent);
  if (sent.length > 0) {
    const title = operation.body.isList ? `Sent: members, each with` : "Sent";
    made.append(...titled(title, rows(sent.map(describe))));
  }
  made.append(...titled("Answers", rows(operation.answers.map((it) => [it.status, it.what, it.description]))));
  const shown = Object.entries(operation.shown.properties).filter(([name]) => !name.startsWith("@"));
  if (shown.length > 0) {
    made.append(element("details", {}, element("summary", {}, `Properties of ${operation.shown.name}`),
      rows(shown.map(describe))));
  }
  return made;
}

/** One operation, with all that the page says of it. */
function read(path, method, said, shared, { schemas: classes, responses }) {
  const content = said.requestBody?.content;
  const answers = Object.entries(said.responses).map(([status, given]) => {
    const answer = given.$ref ? responses[given.$ref.split("/").pop()] : given;
    const { name, isList } = schemaOf(answer.content, classes);
    return { status, description: answer.description, what: name ? (isList ? `list of ${name}` : name) : "" };
  });
  const success = Object.entries(said.responses).find(([status]) => status < 300)?.[1];
  const operation = {
    path, method, id: said.operationId, tag: said.tags[0], summary: said.summary,
    description: said.description, isGuarded: said.security?.length > 0,
    parameters: [...shared, ...(said.parameters ?? [])],
    bodyType: content && Object.keys(content)[0],
    body: schemaOf(content, classes), shown: schemaOf(success?.content, classes), answers,
  };
  const names = [...Object.keys(operation.body.properties), ...Object.keys(operation.shown.properties)];
  operation.words = [method, path, said.summary, operation.tag, ...names].join(" ").toLowerCase();
  return operation;
}

function draw(document_) {
  const server = document_.servers[0].url;
  const operations = Object.entries(document_.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) =>
      read(path, method, item[method], item.parameters ?? [], document_.components)));
  const groups = Map.groupBy(operations, (operation) => operation.tag);

  field("operations").replaceChildren(element("p", {}, `${document_.info.description} Version ${document_.info.version}. `,
    "Examples take key:secret from $KEY."));
  for (const [tag, members] of groups) {
    const heading = element("h2", {}, tag);
    field("contents").append(heading);
    for (const operation of members) {
      operation.link = element("a", { href: `#${operation.id}`, title: operation.summary },
        element("span", { class: `method ${operation.method}` }, operation.method), operation.summary);
      operation.section = section(operation, server);
      field("contents").append(operation.link);
      field("operations").append(operation.section);
    }
    members.heading = heading;
  }

  const find = () => {
    const wanted = field("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const members of groups.values()) {
      for (const operation of members) {
        const isFound = wanted.every((word) => operation.words.includes(word));
        operation.link.hidden = operation.section.hidden = !isFound;
        operation.link.style.display = isFound ? "" : "none";
      }
      members.heading.hidden = members.every((operation) => operation.link.hidden);
    }
  };
  field("find").addEventListener("input", find);
  for (const id of ["customer", "space"]) {
    field(id).addEventListener("input", () => operations.forEach((operation) => operation.refresh()));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target === document.body) {
      event.preventDefault();
      field("find").focus();
    }
  });
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

try {
  draw(await (await fetch("openapi.json")).json());
} catch (error) {
  field("operations").replaceChildren(element("p", { role: "alert" }, `The description could not be read: ${error}`));
}
