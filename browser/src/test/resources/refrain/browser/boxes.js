() => {
  // What a reader could not read on this page, as a list of {figure, what, text, box, other, otherBox}.
  // A box is the ink of a text or the outline of a shape on the screen, in CSS pixels:
  // [left, top, right, bottom].
  const SLACK = 1; // pixels that boxes may share: rounding, and the rim of letters
  const found = [];
  // By its full name: the document may be an SVG, which has no canvas of its own.
  const pen = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas").getContext("2d");

  const outline = e => {
    const r = e.getBoundingClientRect();
    return [r.left, r.top, r.right, r.bottom];
  };
  const around = points => [
    Math.min(...points.map(p => p.x)), Math.min(...points.map(p => p.y)),
    Math.max(...points.map(p => p.x)), Math.max(...points.map(p => p.y))];
  const shared = (a, b) => [
    Math.min(a[2], b[2]) - Math.max(a[0], b[0]), Math.min(a[3], b[3]) - Math.max(a[1], b[1])];
  const inside = (a, b, slack) =>
    a[0] >= b[0] - slack && a[1] >= b[1] - slack && a[2] <= b[2] + slack && a[3] <= b[3] + slack;
  const shown = box => box.map(v => Math.round(v * 10) / 10);
  const report = (figure, what, text, box, other, otherBox) =>
    found.push({figure, what, text: text.trim().slice(0, 90), box: shown(box),
      other: (other ?? "").trim().slice(0, 90), otherBox: otherBox ? shown(otherBox) : []});

  // The ink of a line of text: its advance across, what its letters reach up and down.
  const ink = text => {
    const style = getComputedStyle(text);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const m = pen.measureText(text.textContent);
    const all = text.getBBox();
    const first = text.getStartPositionOfChar(0);
    const matrix = text.getScreenCTM();
    const at = (x, y) => new DOMPoint(x, y).matrixTransform(matrix);
    const up = first.y - m.actualBoundingBoxAscent;
    const down = first.y + m.actualBoundingBoxDescent;
    return around([at(all.x, up), at(all.x + all.width, up), at(all.x, down),
      at(all.x + all.width, down)]);
  };

  const visible = color => color !== "none" && color !== "rgba(0, 0, 0, 0)";

  // Points along a drawn line, a step of two pixels, those that a clip leaves.
  const along = path => {
    const matrix = path.getScreenCTM();
    const length = path.getTotalLength();
    const clip = path.closest("[clip-path]")?.getAttribute("clip-path").match(/#([^)]+)/)?.[1];
    const room = clip && document.getElementById(clip).firstElementChild.getBBox();
    const points = [];
    for (let s = 0; s <= length; s += 2) {
      const p = path.getPointAtLength(s);
      if (!room || (p.x >= room.x && p.x <= room.x + room.width && p.y >= room.y
          && p.y <= room.y + room.height)) {
        points.push(new DOMPoint(p.x, p.y).matrixTransform(matrix));
      }
    }
    return points;
  };

  const luminance = color => {
    const [r, g, b] = color.match(/[\d.]+/g).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (hi + 0.05) / (lo + 0.05);
  };
  const paperBelow = e => {
    const sheet = e.closest("svg")?.querySelector(":scope > rect.f-paper");
    if (sheet) return getComputedStyle(sheet).fill;
    for (let at = e; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (visible(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };

  const figure = svg => {
    const name = svg.querySelector(":scope > title")?.textContent ?? svg.id;
    const place = svg.closest("figure")?.id;
    const title = place ? `${place} "${name}"` : `"${name}"`;
    const sheet = outline(svg);
    const texts = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim())
      .map(t => ({text: t.textContent, box: ink(t), rim: getComputedStyle(t).paintOrder.startsWith("stroke"), e: t}));
    for (const t of texts) {
      if (!inside(t.box, sheet, SLACK)) report(title, "text leaves its figure", t.text, t.box, "", sheet);
      const whole = t.e.parentElement.tagName === "g" && t.e.parentElement.querySelector(":scope > title");
      if (t.text.trim().endsWith("…") && !whole) report(title, "text is cut short", t.text, t.box);
      const fill = getComputedStyle(t.e).fill;
      if (contrast(fill, paperBelow(svg)) < 4.5) {
        report(title, `contrast ${contrast(fill, paperBelow(svg)).toFixed(1)} to the paper`, t.text, t.box);
      }
    }
    for (let i = 0; i < texts.length; i++) {
      for (let j = i + 1; j < texts.length; j++) {
        const [w, h] = shared(texts[i].box, texts[j].box);
        if (w > SLACK && h > SLACK) {
          report(title, "texts overlap", texts[i].text, texts[i].box, texts[j].text, texts[j].box);
        }
      }
    }
    const shapes = [...svg.querySelectorAll("path, rect, circle, line, image")]
      .filter(e => !e.closest("defs, clipPath, mask"));
    for (const e of shapes) {
      const box = outline(e);
      if (!e.closest("[clip-path]") && !e.classList.contains("f-paper") && !inside(box, sheet, SLACK)) {
        report(title, "shape leaves its figure", e.outerHTML, box, "", sheet);
      }
    }
    // A line that crosses letters without a rim of paper makes them illegible.
    const bare = texts.filter(t => !t.rim);
    for (const e of shapes) {
      const style = getComputedStyle(e);
      const mark = e.tagName === "circle" || (visible(style.fill) && e.tagName === "path"
        && +style.fillOpacity > 0.5 && outline(e)[2] - outline(e)[0] < 14);
      if (!mark && (!visible(style.stroke) || e.tagName === "image")) continue;
      const box = outline(e);
      const near = (mark ? texts : bare).filter(t => {
        const [w, h] = shared(t.box, box);
        return w > -1 && h > -1;
      });
      if (near.length === 0) continue;
      const points = mark ? null : along(e);
      for (const t of near) {
        const [w, h] = shared(t.box, box);
        const hit = mark ? w > SLACK && h > SLACK : points.some(p =>
          p.x > t.box[0] + SLACK && p.x < t.box[2] - SLACK && p.y > t.box[1] + SLACK
          && p.y < t.box[3] - SLACK);
        if (hit) report(title, mark ? "mark on a text" : "line through a text", t.text, t.box, e.outerHTML, box);
      }
    }
  };

  document.querySelectorAll("svg[role=img]").forEach(figure);
  if (document.documentElement.tagName === "svg") return found;

  // The page itself: nothing wider than the window, but what can be scrolled.
  const width = document.documentElement.clientWidth;
  const scrolls = e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
  const scroller = e => {
    for (let at = e.parentElement; at && at !== document.body; at = at.parentElement) {
      if (scrolls(at)) return at;
    }
    return null;
  };
  if (document.documentElement.scrollWidth > width) {
    report("page", `${document.documentElement.scrollWidth} pixels wide in a window of ${width}`, "", [0, 0, width, 0]);
  }
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest("svg") && e.tagName !== "svg") continue;
    const place = e.closest("figure")?.id ?? e.closest("section")?.id ?? "page";
    const box = outline(e);
    if (box[2] - box[0] === 0) continue;
    if (box[2] > width + SLACK && !scroller(e)) {
      report(place, `leaves the window of ${width}`, e.textContent, box);
    }
    if (e.scrollWidth > e.clientWidth + SLACK && e.clientWidth > 0 && !scrolls(e)
        && getComputedStyle(e).overflowX !== "visible") {
      report(place, "is cut, and cannot be scrolled", e.textContent, box);
    }
    if (["TD", "TH"].includes(e.tagName)) {
      const range = document.createRange();
      range.selectNodeContents(e);
      for (const r of range.getClientRects()) {
        if (r.right > box[2] + SLACK) {
          report(place, "leaves its cell", e.textContent, [r.left, r.top, r.right, r.bottom], "", box);
          break;
        }
      }
    }
  }
  return found;
}
