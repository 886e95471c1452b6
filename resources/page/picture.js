// The large map and the lines, drawn for what is chosen.
const Picture = {
  FONT: "12px system-ui, 'Segoe UI', 'Noto Sans', sans-serif",

  color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  },

  pixel(image, at, table, level) {
    image.data[at] = table[3 * level];
    image.data[at + 1] = table[3 * level + 1];
    image.data[at + 2] = table[3 * level + 2];
    image.data[at + 3] = 255;
  },

  small(canvas, weights, rows, columns, look) {
    const { pooled, high, wide } = Weights.pool(weights, rows, columns, 96);
    canvas.width = wide;
    canvas.height = high;
    Picture.cells(canvas.getContext("2d"), pooled, high, wide, look, null);
  },

  cells(context, weights, rows, columns, look, closed) {
    const image = context.createImageData(columns, rows);
    for (let i = 0; i < rows * columns; i++) {
      Picture.pixel(image, 4 * i, look.table, Weights.level(weights[i], look.scale, look.signed));
      if (closed && weights[i] === 0 && !Weights.bit(closed, i)) image.data[4 * i + 3] = 0;
    }
    context.putImageData(image, 0, 0);
  },

  fit(context, text, width) {
    if (context.measureText(text).width <= width) return text;
    let shown = Array.from(text);
    while (shown.length > 1 && context.measureText(shown.join("") + "…").width > width) shown.pop();
    return shown.join("") + "…";
  },

  widest(context, labels) {
    return labels.reduce((most, label) => Math.max(most, context.measureText(label).width), 0);
  },

  layout(context, queries, keys, width, height) {
    context.font = Picture.FONT;
    const left = Math.min(Picture.widest(context, queries), 190) + 10;
    const top = Math.min(Picture.widest(context, keys), 130) * 0.87 + 14;
    const free = Math.min((width - left - 70) / keys.length, (height - top - 8) / queries.length);
    const cell = Math.min(Math.max(free >= 3 ? Math.floor(free) : 2, 2), 44);
    return { left, top, cell, right: Math.min(60, top * 0.6) };
  },

  map(canvas, view, width) {
    const { queries, keys, weights, closed, look, query, key } = view;
    const context = canvas.getContext("2d");
    const height = Math.max(320, window.innerHeight - 210);
    const place = Picture.layout(context, queries, keys, width, height);
    const { left, top, cell, right } = place;
    const ratio = window.devicePixelRatio || 1;
    const wide = left + keys.length * cell + right, high = top + queries.length * cell + 6;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
    canvas.style.width = wide + "px";
    canvas.style.height = high + "px";
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const body = Picture.body(view);
    context.imageSmoothingEnabled = false;
    context.fillStyle = Picture.color("raised");
    context.fillRect(left, top, keys.length * cell, queries.length * cell);
    context.drawImage(body, left, top, keys.length * cell, queries.length * cell);
    context.strokeStyle = Picture.color("line");
    context.strokeRect(left - 0.5, top - 0.5, keys.length * cell + 1, queries.length * cell + 1);
    Picture.labels(context, view, place);
    if (cell >= 34) Picture.numbers(context, view, place);
    Picture.marks(context, view, place);
    return place;
  },

  // The cells, drawn once for all that the pointer does.
  body({ queries, keys, weights, closed, look }) {
    const made = [weights, look.scale, look.dark];
    if (!Picture.made || made.some((each, i) => each !== Picture.made[i])) {
      const canvas = document.createElement("canvas");
      canvas.width = keys.length;
      canvas.height = queries.length;
      Picture.cells(canvas.getContext("2d"), weights, queries.length, keys.length, look, closed);
      Object.assign(Picture, { made, drawn: canvas });
    }
    return Picture.drawn;
  },

  labels(context, view, { left, top, cell }) {
    context.font = Picture.FONT;
    context.textBaseline = "middle";
    const step = Math.max(1, Math.ceil(15 / cell));
    const ink = (chosen) => Picture.color(chosen ? "accent" : "text");
    view.queries.forEach((label, q) => {
      if (q % step && q !== view.query) return;
      context.fillStyle = ink(q === view.query);
      context.textAlign = "right";
      context.fillText(Picture.fit(context, label, left - 10), left - 6, top + (q + 0.5) * cell);
    });
    view.keys.forEach((label, k) => {
      if (k % step && k !== view.key) return;
      context.save();
      context.fillStyle = ink(k === view.key);
      context.textAlign = "left";
      context.translate(left + (k + 0.5) * cell, top - 6);
      context.rotate(-Math.PI / 3);
      context.fillText(Picture.fit(context, label, (top - 10) / 0.87), 0, 0);
      context.restore();
    });
  },

  numbers(context, { weights, queries, keys, look }, { left, top, cell }) {
    context.textAlign = "center";
    context.font = "11px system-ui, sans-serif";
    for (let q = 0; q < queries.length; q++) {
      for (let k = 0; k < keys.length; k++) {
        const weight = weights[q * keys.length + k];
        if (weight === 0) continue;
        const at = 3 * Weights.level(weight, look.scale, look.signed);
        const [red, green, blue] = look.table.slice(at, at + 3);
        const text = Math.abs(weight) < 0.005 ? "0.00" : weight.toFixed(2).replace("-", "−");
        context.fillStyle = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#1b2130" : "#ffffff";
        if (text === "0.00") context.fillStyle = Picture.color("faint");
        context.fillText(text, left + (k + 0.5) * cell, top + (q + 0.5) * cell);
      }
    }
  },

  marks(context, { queries, keys, query, key }, { left, top, cell }) {
    context.strokeStyle = Picture.color("accent");
    const frame = (x, y, wide, high) => context.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1);
    if (query !== null) frame(left, top + query * cell, keys.length * cell, cell);
    if (key !== null) frame(left + key * cell, top, cell, queries.length * cell);
  },

  lines(svg, view, color, least) {
    const { queries, keys, weights, look, query, key } = view;
    const row = 24, high = Math.max(queries.length, keys.length) * row + 12;
    const [left, right, wide] = [250, 470, 720];
    const make = (name, attributes, text) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text !== undefined) made.textContent = text;
      svg.append(made);
    };
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    svg.setAttribute("width", wide);
    svg.setAttribute("height", high);
    const found = Weights.lines(weights, queries.length, keys.length, least, query, key, 4000);
    for (const { q, k, weight } of found) {
      const y = (i) => i * row + row / 2 + 6;
      const ink = look.signed ? (weight < 0 ? "#3457d5" : "#c2410c") : color;
      make("path", {
        d: `M${left} ${y(q)} C${left + 80} ${y(q)} ${right - 80} ${y(k)} ${right} ${y(k)}`,
        fill: "none", stroke: ink, "stroke-width": 2,
        "stroke-opacity": Weights.strength(Math.abs(weight), look.scale).toFixed(3),
      });
    }
    const reached = new Set(found.map((line) => line.k)), looking = new Set(found.map((line) => line.q));
    const token = (side, labels, x, anchor, chosen, met) => labels.forEach((label, i) => {
      const kind = i === chosen ? "chosen" : met.has(i) ? "" : "faint";
      const at = { x, y: i * row + row / 2 + 10.5, "text-anchor": anchor, class: kind };
      make("text", { ...at, "data-side": side, "data-index": i }, Picture.short(label));
    });
    token("query", queries, left - 8, "end", query, looking);
    token("key", keys, right + 8, "start", key, reached);
  },

  short(label) {
    const letters = Array.from(label);
    return letters.length > 34 ? letters.slice(0, 33).join("") + "…" : label;
  },
};
