// The page: which head and tokens are chosen, by pointer or by keys, and all that follows.
const Page = {
  state: { place: 0, query: null, key: null, view: "map", scale: "linear", least: 0.05 },
  heads: [], // { kind, site, index, name, number, button, canvas, weights }

  byId: (id) => document.getElementById(id),

  async start() {
    Page.data = JSON.parse(Page.byId("data").textContent);
    const { data } = Page;
    Page.byId("model").textContent = data.title;
    Page.byId("sentences").textContent = data.sentences;
    Page.byId("note").textContent = data.note;
    Page.byId("note").hidden = !data.note;
    Page.byId("from").textContent = data.signed ? "−1" : "0";
    Page.byId("rounding").textContent = "weights to four digits; rows: queries, columns: keys";
    Page.dark = window.matchMedia("(prefers-color-scheme: dark)");
    Page.dark.addEventListener("change", () => Page.redraw());
    Page.build();
    Page.listen();
    try {
      await Page.load();
    } catch (error) {
      Page.byId("note").hidden = false;
      Page.byId("note").textContent = "The weights cannot be read: this browser may be too old. " + error;
      throw error;
    }
    document.documentElement.dataset.ready = "yes";
  },

  async bytes(text) {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  },

  async load() {
    for (const kind of Page.data.kinds) {
      kind.closed = kind.allowed ? await Page.bytes(kind.allowed) : null;
      for (const site of kind.sites) {
        const bytes = await Page.bytes(site.weights);
        const count = kind.queries.length * kind.keys.length;
        for (const head of Page.heads.filter((each) => each.site === site)) {
          head.weights = Weights.unpack(bytes, head.index, count);
          Page.drawSmall(head);
          if (head === Page.head) Page.draw();
        }
      }
    }
  },

  get head() {
    return Page.heads[Page.state.place];
  },

  look() {
    const colors = Page.data.colors[Page.dark.matches ? "dark" : "light"];
    const table = Uint8Array.from(atob(colors), (letter) => letter.charCodeAt(0));
    return { table, scale: Page.state.scale, signed: Page.data.signed, dark: Page.dark.matches };
  },

  build() {
    const grid = Page.byId("grid");
    const add = (parent, name, text) => {
      const made = document.createElement(name);
      if (text !== undefined) made.textContent = text;
      parent.append(made);
      return made;
    };
    const most = Math.max(1, ...Page.data.kinds.flatMap((kind) => kind.sites.map((site) => site.heads.length)));
    const room = Math.min(640, 0.45 * window.innerWidth - 80) / most - 6;
    grid.style.setProperty("--side", Weights.clamp(Math.floor(room) - 20, 56) + 20 + "px");
    for (const kind of Page.data.kinds) {
      add(grid, "h3", kind.name).title = kind.meaning;
      Page.number(add(grid, "div"), kind, add);
      for (const site of kind.sites) {
        const row = add(grid, "div");
        row.className = "layer";
        add(row, "span", "layer " + site.layer);
        site.heads.forEach((number, index) => {
          const button = add(row, "button");
          const name = `${kind.name}, layer ${site.layer}, head ${number}`;
          const head = { kind, site, index, name, number, button, canvas: add(button, "canvas") };
          button.type = "button";
          button.className = "head";
          button.setAttribute("role", "option");
          button.setAttribute("aria-label", name);
          button.title = name;
          const place = Page.heads.push(head) - 1;
          button.addEventListener("click", () => Page.choose(place));
        });
      }
    }
    Page.state.place = Weights.clamp(Page.data.chosen, Page.heads.length - 1);
    Page.mark();
  },

  // The numbers of the heads above their maps, each over its colour.
  number(row, kind, add) {
    row.className = "layer numbers";
    row.setAttribute("aria-hidden", "true");
    add(row, "span");
    const heads = kind.sites.reduce((most, site) => (site.heads.length > most.length ? site.heads : most), []);
    for (const head of heads) add(row, "b", String(head)).style.borderColor = Page.ink(head);
  },

  choose(place, focus) {
    if (Page.heads[place].kind !== Page.head.kind) Object.assign(Page.state, { query: null, key: null });
    Page.state.place = place;
    Page.mark();
    if (focus) Page.head.button.focus();
    Page.draw();
  },

  mark() {
    Page.heads.forEach((head, place) => {
      const chosen = place === Page.state.place;
      head.button.setAttribute("aria-selected", String(chosen));
      head.button.tabIndex = chosen ? 0 : -1;
    });
    Page.byId("name").textContent = Page.head.name;
  },

  drawSmall(head) {
    const { queries, keys } = head.kind;
    Picture.small(head.canvas, head.weights, queries.length, keys.length, Page.look());
  },

  redraw() {
    Page.heads.filter((head) => head.weights).forEach((head) => Page.drawSmall(head));
    Page.draw();
  },

  draw() {
    const { state, head } = Page;
    const map = Page.byId("map"), lines = Page.byId("lines");
    map.hidden = state.view !== "map";
    lines.toggleAttribute("hidden", state.view !== "lines");
    Page.byId("threshold-label").hidden = state.view !== "lines";
    Page.byId("least").textContent = state.least.toFixed(2);
    Page.say();
    if (!head.weights) return;
    const { kind, weights } = head;
    const view = { queries: kind.queries, keys: kind.keys, weights, closed: kind.closed };
    Object.assign(view, { look: Page.look(), query: state.query, key: state.key });
    for (const picture of [map, lines]) picture.setAttribute("aria-label", head.name);
    if (state.view === "map") Page.place = Picture.map(map, view, Page.byId("stage").clientWidth - 8);
    else Picture.lines(lines, view, Page.ink(head.number), state.least);
    const ramp = Page.byId("ramp").getContext("2d"), image = ramp.createImageData(256, 1);
    for (let i = 0; i < 256; i++) Picture.pixel(image, 4 * i, view.look.table, i);
    ramp.putImageData(image, 0, 0);
  },

  // Each head the same colour as in the application.
  ink(number) {
    const hue = ((0.61 + (number - 1) * 0.381966) % 1) * 360;
    return `hsl(${hue.toFixed(1)} 62% ${Page.dark.matches ? 68 : 42}%)`;
  },

  say() {
    const { query, key } = Page.state;
    const { kind, weights } = Page.head;
    const quoted = (text) => `“\u2068${text}\u2069”`;
    let said = "Point at a cell or a token, or use the arrow keys.";
    if (query !== null && key !== null && weights) {
      const weight = weights[query * kind.keys.length + key];
      const closed = kind.closed && !Weights.bit(kind.closed, query * kind.keys.length + key);
      const number = weight === 0 && closed ? "0, as it may not look there" : Weights.number(weight, Page.data.signed);
      said = `${quoted(kind.queries[query])} looks at ${quoted(kind.keys[key])}: ${number}`;
    } else if (query !== null) said = `${quoted(kind.queries[query])} looks at …`;
    else if (key !== null) said = `… looks at ${quoted(kind.keys[key])}`;
    Page.byId("reading").textContent = said;
  },

  pick(query, key) {
    if (query === Page.state.query && key === Page.state.key) return;
    Object.assign(Page.state, { query, key });
    Page.draw();
  },

  at(event) {
    const box = Page.byId("map").getBoundingClientRect();
    const { left, top, cell } = Page.place;
    const key = Math.floor((event.clientX - box.left - left) / cell);
    const query = Math.floor((event.clientY - box.top - top) / cell);
    const { queries, keys } = Page.head.kind;
    const inside = query >= 0 && key >= 0 && query < queries.length && key < keys.length;
    return inside ? [query, key] : [null, null];
  },

  STEPS: { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    Home: [-1e6, 0], End: [1e6, 0], PageUp: [0, -1e6], PageDown: [0, 1e6] },

  gridKey(event) {
    const step = Page.STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const sites = [...new Set(Page.heads.map((head) => head.site))];
    const { head } = Page;
    const site = sites[Weights.clamp(sites.indexOf(head.site) + step[1], sites.length - 1)];
    const index = Weights.clamp(head.index + step[0], site.heads.length - 1);
    Page.choose(Page.heads.findIndex((each) => each.site === site && each.index === index), true);
  },

  cellKey(event) {
    if (event.key === "Escape") return Page.pick(null, null);
    const step = Page.STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const { query, key, view } = Page.state;
    const { queries, keys } = Page.head.kind;
    const moved = (from, by, count) => (from === null ? 0 : Weights.clamp(from + by, count - 1));
    if (view === "lines" && step[0] === 0) return Page.pick(moved(query, step[1], queries.length), null);
    Page.pick(moved(query, step[1], queries.length), moved(key, step[0], keys.length));
  },

  listen() {
    const map = Page.byId("map"), lines = Page.byId("lines");
    Page.byId("grid").addEventListener("keydown", Page.gridKey);
    map.addEventListener("pointermove", (event) => Page.place && Page.pick(...Page.at(event)));
    map.addEventListener("pointerleave", () => Page.pick(null, null));
    for (const picture of [map, lines]) picture.addEventListener("keydown", Page.cellKey);
    lines.addEventListener("pointerover", (event) => {
      const { side, index } = event.target.dataset;
      if (side === "query") Page.pick(Number(index), null);
      else if (side === "key") Page.pick(null, Number(index));
    });
    lines.addEventListener("pointerleave", () => Page.pick(null, null));
    for (const button of document.querySelectorAll("#views button")) {
      button.addEventListener("click", () => Page.turn(button.dataset.view));
    }
    Page.byId("scale").addEventListener("change", (event) => {
      Page.state.scale = event.target.value;
      Page.redraw();
    });
    Page.byId("threshold").addEventListener("input", (event) => {
      Page.state.least = Number(event.target.value);
      Page.draw();
    });
    window.addEventListener("resize", () => Page.draw());
  },

  turn(view) {
    Page.state.view = view;
    for (const button of document.querySelectorAll("#views button")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    Page.draw();
  },
};
Page.started = Page.start();
