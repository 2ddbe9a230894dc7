// What is typed goes to the server as a link holds it; answers come back line by line.
const form = document.querySelector("#settings");
const stop = document.querySelector("#stop");
const progress = document.querySelector("#progress");
const answers = document.querySelector("#answers");
const titles = Object.fromEntries(
  [...form.querySelectorAll("[name=show]")].map(box => [box.value, box.parentElement.textContent.trim()]),
);
let asked = "";   // the settings whose answers are shown
let running = null;

form.addEventListener("submit", event => {
  event.preventDefault();
  ask(new URLSearchParams(new FormData(form)));
});
stop.addEventListener("click", () => running?.abort());
document.addEventListener("click", event => {
  const { format, id } = event.target.dataset ?? {};
  if (format) save(format, id);
});
document.querySelector("#copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(document.querySelector("#cell").textContent);
  say("The cell is copied.");
});
window.addEventListener("popstate", () => location.reload());
if (form.elements.prompt.value && !document.querySelector("#status").textContent) {
  form.requestSubmit();
}

async function ask(settings) {
  const since = performance.now();
  const done = new Set();
  let faults = 0;
  const ended = await run("/answers", settings, message => {
    if (message.plan !== undefined) {
      show(message);
      asked = settings;
    } else if (message.waiting) {
      say("Waiting: others are asking, too.");
    } else if (message.doing) {
      const place = document.getElementById(message.doing);
      place.querySelector(".view").textContent = "Working…";
      say(`Working on ${name(message.doing)}, ${done.size + 1} of ${progress.max}.`);
    } else if (message.id) {
      fill(message);
      progress.value = done.add(message.id).size;
      faults += message.fault !== undefined;
    } else if (message.fault) {
      throw new Error(message.fault);
    }
  });
  for (const place of answers.querySelectorAll("[aria-busy=true]")) {
    place.setAttribute("aria-busy", "false");
    place.querySelector(".view").textContent = "Not worked out.";
  }
  if (!ended) return;
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const missing = faults ? ` ${faults} could not be given; the reason stands in the place of each.` : "";
  say(`${done.size - faults} of ${done.size} answers, in ${seconds} seconds.${missing}`);
}

// Read messages until the last. False where it was stopped or went wrong, which is said.
async function run(address, settings, take) {
  running?.abort();
  const mine = running = new AbortController();
  stop.disabled = false;
  progress.removeAttribute("value");
  progress.hidden = false;
  say("Working.");
  try {
    const response = await fetch(address, { method: "POST", body: settings, signal: mine.signal });
    if (!response.ok) throw new Error(await response.text());
    await lines(response.body, take);
    return true;
  } catch (error) {
    if (running === mine) say(mine.signal.aborted ? "Stopped." : told(error));
    return false;
  } finally {
    mine.abort();  // nothing more is read of what went wrong
    if (running === mine) {
      running = null;
      stop.disabled = true;
      progress.hidden = true;
    }
  }
}

async function lines(body, take) {
  let rest = "";
  for await (const piece of pieces(body)) {
    const found = (rest + piece).split("\n");
    rest = found.pop();
    for (const line of found) take(JSON.parse(line));
  }
}

// Not every browser can go through a stream by itself.
async function* pieces(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
}

function show({ plan, link, cell }) {
  answers.innerHTML = plan;
  document.querySelector("#cell").textContent = cell;
  document.querySelector("#link").href = link;
  document.querySelector("#saved").hidden = false;
  progress.max = answers.querySelectorAll("article").length;
  progress.value = 0;
  if (location.pathname + location.search !== link) history.pushState(null, "", link);
}

function fill({ id, html, fault }) {
  const place = document.getElementById(id), view = place.querySelector(".view");
  place.setAttribute("aria-busy", "false");
  if (html === undefined) {
    if (!view.querySelector(".result-view")) view.textContent = "";
    view.append(Object.assign(document.createElement("p"), { className: "fault", textContent: fault }));
    return;
  }
  view.innerHTML = html;
  place.querySelector(".save").hidden = false;
}

async function save(format, id) {
  const where = new URLSearchParams(id ? { format, id } : { format });
  let file;
  const ended = await run(`/answers?${where}`, asked, message => {
    if (message.fault) throw new Error(message.fault);
    file = message.file ?? file;
  });
  if (!ended) return;
  const bytes = Uint8Array.from(atob(file), letter => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = `${id ?? "answers"}.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
  say(`Saved as ${link.download}.`);
}

function name(id) {
  const [kind] = id.split("-");
  return titles[kind].toLowerCase();
}

function told(error) {
  return error instanceof TypeError ? "The server does not answer: is it still running?" : error.message;
}

function say(text) { document.querySelector("#status").textContent = text; }
