/**
 * One pen, two papers: the same drawing code makes the picture on the screen and the SVG that is
 * saved.
 *
 * @typedef {{stroke?: string, fill?: string, width?: number, dash?: number[], alpha?: number}} Look
 * @typedef {{size?: number, fill?: string, anchor?: 'start'|'middle'|'end', weight?: number, halo?: string, turn?: boolean}} Type
 * @typedef {object} Pen
 * @property {(points: ArrayLike<number>, n: number, look: Look) => void} line x and y in turn, n numbers
 * @property {(x: number, y: number, w: number, h: number, look: Look) => void} rect
 * @property {(boxes: number[], look: Look) => void} boxes outlines: x, y, width and height in turn
 * @property {(x: number, y: number, r: number, look: Look) => void} disc
 * @property {(text: string, x: number, y: number, type?: Type) => void} text
 * @property {(image: HTMLCanvasElement, x: number, y: number, w: number, h: number) => void} image
 * @property {(x: number, y: number, w: number, h: number, draw: () => void) => void} clip
 * @property {(x: number, y: number, draw: () => void) => void} shift
 */

const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif";

/**
 * The font that each context has. Setting one makes the browser compute the styles of the whole page
 * anew where anything changed in it, which costs more than all the text of a frame.
 */
const fonts = new WeakMap();

/** A context begins anew where its canvas changed in size. */
export const forgetFont = (context) => fonts.delete(context);

/** @implements {Pen} */
export class CanvasPen {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.c = context;
  }

  line(points, n, look) {
    const c = this.c;
    c.beginPath();
    for (let i = 0; i + 1 < n; i += 2) c.lineTo(points[i], points[i + 1]);
    this.#apply(look);
    c.lineJoin = 'round';
    c.stroke();
    this.#reset();
  }

  rect(x, y, w, h, look) {
    this.#apply(look);
    if (look.fill) this.c.fillRect(x, y, w, h);
    if (look.stroke) this.c.strokeRect(x, y, w, h);
    this.#reset();
  }

  boxes(boxes, look) {
    this.c.beginPath();
    for (let i = 0; i < boxes.length; i += 4) this.c.rect(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]);
    this.#apply(look);
    this.c.stroke();
    this.#reset();
  }

  disc(x, y, r, look) {
    this.c.beginPath();
    this.c.arc(x, y, r, 0, 2 * Math.PI);
    this.#apply(look);
    if (look.fill) this.c.fill();
    if (look.stroke) this.c.stroke();
    this.#reset();
  }

  text(text, x, y, { size = 11.5, fill = '#000', anchor = 'start', weight = 400, halo, turn } = {}) {
    const c = this.c;
    const font = `${weight} ${size}px ${SANS}`;
    if (fonts.get(c) !== font) {
      c.font = font;
      fonts.set(c, font);
    }
    c.textAlign = anchor === 'middle' ? 'center' : anchor;
    if (turn) {
      c.save();
      c.translate(x, y);
      c.rotate(-Math.PI / 2);
      c.translate(-x, -y);
    }
    if (halo) {
      c.setLineDash([]);
      c.strokeStyle = halo;
      c.lineWidth = 3;
      c.lineJoin = 'round';
      c.strokeText(text, x, y);
    }
    c.fillStyle = fill;
    c.fillText(text, x, y);
    if (turn) c.restore();
  }

  image(image, x, y, w, h) {
    // Smaller than it is, a picture without smoothing would lose lines.
    this.c.imageSmoothingEnabled = w < image.width;
    this.c.drawImage(image, x, y, w, h);
  }

  clip(x, y, w, h, draw) {
    this.#kept(() => {
      this.c.beginPath();
      this.c.rect(x, y, w, h);
      this.c.clip();
      draw();
    });
  }

  shift(x, y, draw) {
    this.#kept(() => {
      this.c.translate(x, y);
      draw();
    });
  }

  /** Draws, and has everything as it was before; the font too. */
  #kept(draw) {
    const font = fonts.get(this.c);
    this.c.save();
    draw();
    this.c.restore();
    fonts.set(this.c, font);
  }

  #apply({ stroke, fill, width = 1, dash = [], alpha = 1 }) {
    const c = this.c;
    c.globalAlpha = alpha;
    if (fill) c.fillStyle = fill;
    if (stroke) c.strokeStyle = stroke;
    c.lineWidth = width;
    c.setLineDash(dash);
  }

  #reset() {
    this.c.globalAlpha = 1;
  }
}

/** @implements {Pen} */
export class SvgPen {
  constructor(width, height, paper) {
    this.parts = [];
    this.clips = 0;
    this.width = width;
    this.height = height;
    this.rect(0, 0, width, height, { fill: paper });
  }

  line(points, n, look) {
    let d = '';
    for (let i = 0; i + 1 < n; i += 2) d += `${i ? 'L' : 'M'}${round(points[i])} ${round(points[i + 1])}`;
    if (d) this.parts.push(`<path d="${d}" fill="none" stroke-linejoin="round"${attributes(look)}/>`);
  }

  rect(x, y, w, h, look) {
    this.parts.push(`<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"${attributes({ fill: 'none', ...look })}/>`);
  }

  boxes(boxes, look) {
    for (let i = 0; i < boxes.length; i += 4) this.rect(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3], look);
  }

  disc(x, y, r, look) {
    this.parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}"${attributes({ fill: 'none', ...look })}/>`);
  }

  text(text, x, y, { size = 11.5, fill = '#000', anchor = 'start', weight = 400, halo, turn } = {}) {
    const place = turn ? `transform="translate(${round(x)} ${round(y)}) rotate(-90)"` : `x="${round(x)}" y="${round(y)}"`;
    const rim = halo ? ` stroke="${halo}" stroke-width="3" paint-order="stroke" stroke-linejoin="round"` : '';
    this.parts.push(`<text ${place} font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}"${rim}>${escape(text)}</text>`);
  }

  image(image, x, y, w, h) {
    const place = `x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"`;
    this.parts.push(`<image ${place} preserveAspectRatio="none" style="image-rendering:pixelated" href="${image.toDataURL('image/png')}"/>`);
  }

  clip(x, y, w, h, draw) {
    const id = `c${this.clips++}`;
    this.parts.push(`<clipPath id="${id}"><rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"/></clipPath><g clip-path="url(#${id})">`);
    draw();
    this.parts.push('</g>');
  }

  shift(x, y, draw) {
    this.parts.push(`<g transform="translate(${x} ${y})">`);
    draw();
    this.parts.push('</g>');
  }

  toString() {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${SANS}">${this.parts.join('\n')}</svg>\n`;
  }
}

const round = (v) => +(+v).toFixed(2);
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

function attributes({ stroke, fill, width = 1, dash = [], alpha = 1 }) {
  let a = '';
  if (fill) a += ` fill="${fill}"`;
  if (stroke) a += ` stroke="${stroke}" stroke-width="${width}"`;
  if (stroke && dash.length) a += ` stroke-dasharray="${dash.join(' ')}"`;
  if (alpha !== 1) a += ` opacity="${alpha}"`;
  return a;
}
