// Keeps a page current: asks for the same page again while somebody looks at it, and changes only what differs, so
// that focus, selection, scroll and opened details stay. Without it the page is complete, and a reload is as good.
(() => {
  "use strict";
  const every = 2000; // milliseconds
  const main = document.querySelector("main[data-live]");
  if (!main) return;

  let tag = "", paused = false, since = "";
  const button = () => main.querySelector("[data-pause]");

  function label() {
    const b = button();
    b.hidden = false;
    b.textContent = paused ? "Resume updates" : "Pause updates";
    main.querySelector("[data-connection]").textContent = since ? "The platform has not answered since " + since + "." : "";
  }

  main.addEventListener("click", (event) => {
    if (!event.target.closest("[data-pause]")) return;
    paused = !paused;
    label();
  });

  // morph makes the node a say what the node b says, and touches nothing else.
  function morph(a, b) {
    if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName || a.id !== b.id) {
      a.replaceWith(document.importNode(b, true));
      return;
    }
    if (a.nodeType === Node.TEXT_NODE) {
      if (a.data !== b.data) a.data = b.data;
      return;
    }
    if (a.nodeType !== Node.ELEMENT_NODE || a.matches("form, [data-pause], [data-connection]")) return;
    for (const { name, value } of b.attributes) {
      if (a.getAttribute(name) !== value) a.setAttribute(name, value);
    }
    for (const { name } of [...a.attributes]) {
      if (!b.hasAttribute(name) && name !== "open") a.removeAttribute(name);
    }
    const from = [...a.childNodes], to = [...b.childNodes];
    to.forEach((node, i) => (i < from.length ? morph(from[i], node) : a.append(document.importNode(node, true))));
    from.slice(to.length).forEach((node) => node.remove());
  }

  async function refresh() {
    if (paused || document.hidden) return;
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(location.href, { headers, cache: "no-store", signal: AbortSignal.timeout(5000) });
      since = "";
      if (answer.ok) {
        tag = answer.headers.get("ETag") || "";
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("main[data-live]");
        if (fresh && !paused) morph(main, fresh);
      }
    } catch {
      since = since || new Date().toLocaleTimeString();
    }
    label();
  }

  async function loop() {
    await refresh();
    setTimeout(loop, every);
  }

  document.addEventListener("visibilitychange", refresh);
  label();
  setTimeout(loop, every);
})();
