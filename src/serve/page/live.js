// Keeps the page up to date: hears how far the log has grown, fetches the part of this page that
// moves, and changes only what is different, so that focus, scrolling and reading stay where they
// are. Without it the page is whole, and stands still.
"use strict";
(() => {
  const main = document.getElementById("main");
  const said = document.getElementById("said");
  if (!main || !window.EventSource || !window.fetch) return;
  const EVERY_MS = 2000;
  const RETRY_MS = 5000;
  // A page just opened is fresh: it first looks again after a while.
  let source = null, head = 0, busy = false, timer = 0, last = Date.now(), count = null;

  const shownSeq = () => Number(document.getElementById("basis")?.dataset.seq || 0);

  // Says once that the page stands still, or goes on.
  const link = (words) => {
    const place = document.getElementById("link");
    if (place) { place.textContent = words; place.hidden = !words; }
    const stands = document.body.dataset.link === "off";
    if (Boolean(words) !== stands) said.textContent = words || "The page is up to date again";
    document.body.dataset.link = words ? "off" : "on";
  };

  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

  // Makes one node like another.
  const become = (now, next) => {
    if (now.nodeType !== Node.ELEMENT_NODE) {
      if (now.nodeValue !== next.nodeValue) {
        now.nodeValue = next.nodeValue;
        const cell = now.parentElement?.closest("td.now, .figures dd");
        if (cell) { cell.classList.remove("changed"); void cell.offsetWidth; cell.classList.add("changed"); }
      }
      return;
    }
    for (const it of [...now.attributes])
      if (!next.hasAttribute(it.name) && it.name !== "class") now.removeAttribute(it.name);
    for (const it of next.attributes)
      if (now.getAttribute(it.name) !== it.value && !(it.name === "class" && now.classList.contains("changed")))
        now.setAttribute(it.name, it.value);
    if (now.matches("input, select, textarea")) return;
    children(now, next);
  };

  // Makes the children of one node like those of another; what has an id keeps its node.
  const children = (now, next) => {
    let at = now.firstChild;
    for (const wanted of [...next.childNodes]) {
      let found = at;
      if (wanted.id) found = [...now.children].find((it) => it.id === wanted.id) || null;
      else if (at && at.id) found = null;
      if (found && same(found, wanted)) {
        if (found === at) at = at.nextSibling;
        else now.insertBefore(found, at);
        become(found, wanted);
      } else now.insertBefore(document.importNode(wanted, true), at);
    }
    while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
  };

  const refresh = async () => {
    timer = 0;
    if (busy || document.hidden) return;
    busy = true;
    last = Date.now();
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { "X-Part": "main" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      children(main, page.body);
      link("");
      const live = document.getElementById("live-count")?.textContent;
      if (count !== null && live && live !== count) said.textContent = `${live} live Spaces`;
      count = live ?? null;
    } catch {
      link("stands still: no answer");
      timer = timer || setTimeout(refresh, RETRY_MS);
    }
    busy = false;
    if (shownSeq() < head) plan();
  };

  const plan = () => {
    if (!timer) timer = setTimeout(refresh, Math.max(0, last + EVERY_MS - Date.now()));
  };

  const listen = () => {
    source = new EventSource("/api/live");
    source.addEventListener("head", (event) => {
      head = Number(event.lastEventId);
      if (head > shownSeq()) plan(); else link("");
    });
    source.onerror = () => link("stands still: no connection");
  };

  // A page that nobody sees asks for nothing: a browser opens few connections to one server.
  const see = () => {
    if (document.hidden) { source?.close(); source = null; }
    else if (!source) listen();
  };
  document.addEventListener("visibilitychange", see);
  window.addEventListener("pagehide", () => { source?.close(); source = null; });
  window.addEventListener("pageshow", see);
  count = document.getElementById("live-count")?.textContent ?? null;
  see();
})();
