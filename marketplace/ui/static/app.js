/* What makes pages comfortable. Every page reads and works without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("gz-words")?.textContent || "{}");
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const stored = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* private window */ } },
  };

  /* announcements and the toast */
  const announce = (text) => {
    const live = $("#gz-live");
    if (!live || !text) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 60);
  };
  let toastTimer = 0;
  const toast = (text) => {
    const box = $("#gz-toast");
    if (!box) return;
    box.textContent = text;
    box.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { box.hidden = true; }, 8000);
  };

  /* theme */
  for (const button of all("[data-theme-switch]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
      root.dataset.bsTheme = next;
      stored.set("gz-theme", next);
      document.dispatchEvent(new CustomEvent("gz:theme"));
    });
  }

  /* dialogs, menus, confirmations */
  const ask = (text, then) => {
    const box = document.createElement("dialog");
    box.className = "gz-dialog gz-dialog-ask";
    const line = document.createElement("p");
    line.id = "gz-ask-text";
    line.textContent = text;
    box.setAttribute("aria-labelledby", line.id);
    const row = document.createElement("div");
    row.className = "gz-done-act";
    const button = (label, look, answer) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = `btn ${look}`;
      made.textContent = label;
      made.addEventListener("click", () => box.close(answer));
      row.append(made);
      return made;
    };
    button(words.cancel, "gz-btn", "");
    const yes = button(words.confirm, "btn-primary", "yes");
    box.append(line, row);
    box.addEventListener("close", () => { box.remove(); if (box.returnValue === "yes") then(); });
    document.body.append(box);
    box.showModal();
    yes.focus();
  };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) { document.getElementById(opener.dataset.dialog)?.showModal(); return; }
    if (event.target.closest("[data-dialog-close]")) { event.target.closest("dialog")?.close(); return; }
    if (event.target instanceof HTMLDialogElement) { event.target.close(); return; }
    const back = event.target.closest("[data-back]");
    if (back) { history.back(); return; }
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const done = () => { announce(copy.dataset.copied); toast(copy.dataset.copied); };
      if (navigator.clipboard) { navigator.clipboard.writeText(copy.dataset.copy).then(done, () => {}); return; }
      const shown = document.getElementById(copy.dataset.shown);
      if (shown) getSelection().selectAllChildren(shown);
      return;
    }
    const insert = event.target.closest("[data-insert]");
    if (insert) {
      const field = document.getElementById(insert.dataset.insert);
      if (!field) return;
      const text = insert.dataset.text || insert.textContent.trim();
      const untouched = document.activeElement !== field && field.selectionEnd === 0;
      if (untouched) field.setSelectionRange(field.value.length, field.value.length);
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
      return;
    }
    for (const menu of all("details.gz-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.gz-menu[open]")) { menu.open = false; $("summary", menu)?.focus(); }
  });

  /* forms: ask, send once, remember what was typed */
  const busy = (form, on) => {
    if (on) form.setAttribute("aria-busy", "true"); else form.removeAttribute("aria-busy");
    for (const button of all("button:not([type=button])", form)) button.classList.toggle("gz-busy", on);
  };
  /* htmx sends the form; one whose trigger is only `change` asks for a preview and is sent by the browser */
  const sendsItself = (form) => ["hx-post", "hx-put", "hx-delete"].some((verb) => form.hasAttribute(verb))
    && (form.getAttribute("hx-trigger") ?? "submit").includes("submit");
  let leaving = false;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !form.dataset.confirmed) {
      event.preventDefault();
      event.stopPropagation();
      const by = event.submitter;
      ask(form.dataset.confirm, () => { form.dataset.confirmed = "1"; form.requestSubmit(by); });
      return;
    }
    delete form.dataset.confirmed;
    if ((form.getAttribute("method") || "get").toLowerCase() !== "post") return;
    if (form.hasAttribute("aria-busy")) { event.preventDefault(); event.stopPropagation(); return; }
    if (sendsItself(form)) return;
    if (event.defaultPrevented) return;
    leaving = true;
    setTimeout(() => busy(form, true));            /* after the browser has read the submitter */
    setTimeout(() => busy(form, false), 15000);    /* a download never leaves the page */
    announce(words.sending);
  }, true);
  addEventListener("pageshow", () => { leaving = false; for (const form of all("form[aria-busy]")) busy(form, false); });

  const keyOf = (form) => `gz-draft:${location.pathname}:${form.dataset.keep}`;
  const KEPT = "input:not([type=password]):not([type=file]):not([type=hidden]), textarea, select";
  const remember = (form) => {
    const kept = all(KEPT, form).filter((f) => f.name).map((f) =>
      [f.name, f.type === "checkbox" || f.type === "radio" ? [f.value, f.checked] : f.value]);
    stored.set(keyOf(form), JSON.stringify(kept));
  };
  const recall = (form) => {
    const kept = stored.get(keyOf(form));
    if (!kept) return;
    const fields = all(KEPT, form).filter((f) => f.name);
    let changed = false;
    JSON.parse(kept).forEach(([name, value]) => {
      if (Array.isArray(value)) {
        const field = fields.find((f) => f.name === name && f.value === value[0]);
        if (field && field.checked !== value[1]) { field.checked = value[1]; changed = true; }
        return;
      }
      const at = fields.findIndex((f) => f.name === name && f.type !== "checkbox" && f.type !== "radio");
      if (at >= 0) {
        const [field] = fields.splice(at, 1);
        if (value && field.value !== value) { field.value = value; changed = true; }
      }
    });
    if (changed) { form.dataset.dirty = "1"; toast(words.restored); }
  };
  /* data-keep="name": what was typed survives a lost page; data-guard: leaving asks first */
  const watch = (from) => {
    for (const form of all("form[data-keep]", from)) {
      if (form.dataset.watched) continue;
      form.dataset.watched = "1";
      recall(form);
      let timer = 0;
      form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => remember(form), 400); });
      form.addEventListener("submit", () => { clearTimeout(timer); stored.drop(keyOf(form)); });
    }
    for (const form of all("form[data-guard], form[data-keep]", from)) {
      if (form.dataset.guarded) continue;
      form.dataset.guarded = "1";
      form.addEventListener("input", () => { form.dataset.dirty = "1"; });
    }
    for (const box of all("[data-drop]:not([data-ready])", from)) {
      box.dataset.ready = "1";
      const input = $("input[type=file]", box);
      const names = $("[data-drop-names]", box);
      const show = () => {
        const files = [...input.files];
        if (files.length) names.textContent = files.length === 1 ? files[0].name : words.filesChosen.replace("{count}", files.length);
        box.classList.toggle("has-file", files.length > 0);
      };
      input.addEventListener("change", show);
      box.addEventListener("dragover", (e) => { e.preventDefault(); box.classList.add("over"); });
      box.addEventListener("dragleave", () => box.classList.remove("over"));
      box.addEventListener("drop", (e) => {
        e.preventDefault();
        box.classList.remove("over");
        if (e.dataTransfer?.files.length) { input.files = e.dataTransfer.files; input.dispatchEvent(new Event("change", { bubbles: true })); }
      });
    }
    for (const button of all("[data-back]", from)) button.hidden = history.length < 2;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("select[data-submit], input[data-submit]")) event.target.form?.requestSubmit();
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && $("form[data-guard][data-dirty]")) event.preventDefault();
  });
  watch(document);
  $("[data-focus]")?.focus();

  /* single keys: j k through [data-queue] a[data-item], digits through [data-key]; can be switched off */
  const keysOn = () => stored.get("gz-keys") !== "off";
  const keySwitch = $("[data-keys-switch]");
  const hasKeys = () => Boolean($("[data-queue], [data-key], [data-shortcut]"));
  const showKeys = () => {
    if (!keySwitch) return;
    keySwitch.hidden = !hasKeys();
    keySwitch.textContent = keysOn() ? words.keysOn : words.keysOff;
    keySwitch.setAttribute("aria-pressed", String(keysOn()));
    for (const legend of all(".gz-keys")) legend.hidden = !keysOn();
  };
  keySwitch?.addEventListener("click", () => { stored.set("gz-keys", keysOn() ? "off" : "on"); showKeys(); });
  showKeys();
  document.addEventListener("keydown", (event) => {
    if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
    const rows = all("[data-queue] a[data-item]");
    const open = rows.findIndex((row) => row.closest(".open"));
    const at = rows.includes(document.activeElement) ? rows.indexOf(document.activeElement) : open;
    if (rows.length && event.key === "j") rows[Math.min(at + 1, rows.length - 1)].focus();
    else if (rows.length && event.key === "k") rows[Math.max(at - 1, 0)].focus();
    else {
      const option = $(`[data-key="${CSS.escape(event.key)}"]`);
      const link = $(`[data-shortcut="${CSS.escape(event.key)}"]`);
      if (option) { option.checked = true; option.focus(); option.dispatchEvent(new Event("change", { bubbles: true })); }
      else if (link) link.click();
      else return;
    }
    event.preventDefault();
  });

  /* HTMX: token, focus kept, changes announced, failures said */
  document.addEventListener("htmx:configRequest", (event) => {
    const token = $("meta[name=csrf-token]")?.content;
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });
  const formOf = (event) => event.detail.elt?.closest?.("form");
  let focused = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    if (form && event.detail.requestConfig?.verb !== "get" && sendsItself(form)) busy(form, true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    if (!form || !sendsItself(form)) return;
    busy(form, false);
    if (event.detail.successful) delete form.dataset.dirty;
  });
  /* a refusal says what is wrong above the page; the form and what was typed in it stay */
  const problemIn = (text) => {
    if (!text || !text.includes("data-problem")) return "";
    return new DOMParser().parseFromString(text, "text/html").querySelector("[data-problem]")?.textContent.trim() || "";
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const problem = problemIn(event.detail.serverResponse);
    if (problem) { event.detail.shouldSwap = false; toast(problem); return; }
    const active = document.activeElement;
    focused = active && event.detail.target?.contains(active) ? active.id || "" : "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (focused && !(document.activeElement && document.activeElement !== document.body)) document.getElementById(focused)?.focus({ preventScroll: true });
    /* after an outerHTML swap the target is the old element; its successor carries the same id */
    const fresh = (target?.id && document.getElementById(target.id)) || (target?.isConnected ? target : document);
    const first = (selector) => (fresh.matches?.(selector) ? fresh : $(selector, fresh));
    watch(fresh.parentNode || document);
    first("[data-focus]")?.focus();
    announce(first("[data-announce]")?.dataset.announce);
    showKeys();
  });
  document.addEventListener("htmx:responseError", (event) => toast(problemIn(event.detail.xhr?.responseText) || words.failed));
  document.addEventListener("htmx:sendError", () => toast(words.offline));
  document.addEventListener("htmx:timeout", () => toast(words.slow));
  window.gongzao = { announce, toast, words };
})();
