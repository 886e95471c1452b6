"use strict";
// What follows from the data alone; knows no page.
const Weights = {
  LEAST: 1e-4, // Where the colours of the log scale begin.

  // Bytes of one head: planes of the three upper bytes of each float32.
  unpack(bytes, head, count) {
    const words = new Uint32Array(count);
    const at = head * 3 * count;
    for (let i = 0; i < count; i++) {
      words[i] =
        ((bytes[at + i] << 24) | (bytes[at + count + i] << 16) | (bytes[at + 2 * count + i] << 8)) >>> 0;
    }
    return new Float32Array(words.buffer);
  },

  bit(bytes, index) {
    return (bytes[index >> 3] >> (7 - (index & 7))) & 1;
  },

  strength(share, scale) {
    const size = Math.min(Math.max(share, 0), 1);
    if (scale === "square root") return Math.sqrt(size);
    if (scale === "log") {
      return 1 + Math.log10(Math.max(size, Weights.LEAST)) / -Math.log10(Weights.LEAST);
    }
    return size;
  },

  // Entry of the colour table: 0 to 255; of differences 128 is nothing.
  level(weight, scale, signed) {
    const size = Weights.strength(Math.abs(weight), scale);
    if (!signed) return Math.round(255 * size);
    return Math.floor(128.5 + 127 * Math.sign(weight) * size);
  },

  number(weight, signed) {
    if (!Number.isFinite(weight)) return "not a number";
    const size = Math.abs(weight);
    const sign = weight < 0 ? "−" : signed && weight > 0 ? "+" : "";
    if (size === 0) return "0";
    return sign + (size >= 0.0005 ? size.toFixed(3) : size.toExponential(1));
  },

  // The largest of each block, so that a small picture misses nothing.
  pool(weights, rows, columns, most) {
    const high = Math.min(rows, most), wide = Math.min(columns, most);
    const pooled = new Float32Array(high * wide);
    for (let q = 0; q < rows; q++) {
      const y = Math.floor((q * high) / rows);
      for (let k = 0; k < columns; k++) {
        const i = y * wide + Math.floor((k * wide) / columns);
        const weight = weights[q * columns + k];
        if (Math.abs(weight) > Math.abs(pooled[i])) pooled[i] = weight;
      }
    }
    return { pooled, high, wide };
  },

  // Lines to draw, weakest first, at most so many; of one query alone, if one is given.
  lines(weights, rows, columns, least, query, key, most) {
    const found = [];
    for (let q = 0; q < rows; q++) {
      if (query !== null && q !== query) continue;
      for (let k = 0; k < columns; k++) {
        if (key !== null && k !== key) continue;
        const size = Math.abs(weights[q * columns + k]);
        if (size > 0 && size >= least) found.push({ q, k, weight: weights[q * columns + k] });
      }
    }
    found.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight));
    return found.slice(Math.max(0, found.length - most));
  },

  clamp(value, most) {
    return Math.min(Math.max(value, 0), most);
  },
};
