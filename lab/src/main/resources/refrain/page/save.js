/** Files of a figure: SVG and PNG on light paper, CSV with every number that it draws. */
import { LIGHT } from './ink.js';
import { CanvasPen, SvgPen } from './pen.js';

const PNG_SCALE = 3;

/**
 * @param {string} name without ending
 * @param {(pen: import('./pen.js').Pen, width: number, height: number, ink: import('./ink.js').Ink) => void} draw
 */
export function saveSvg(name, draw, width, height) {
  const pen = new SvgPen(width, height, LIGHT.paper);
  draw(pen, width, height, LIGHT);
  download(`${name}.svg`, new Blob([pen.toString()], { type: 'image/svg+xml' }));
}

export function savePng(name, draw, width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width * PNG_SCALE;
  canvas.height = height * PNG_SCALE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.scale(PNG_SCALE, PNG_SCALE);
  const pen = new CanvasPen(context);
  pen.rect(0, 0, width, height, { fill: LIGHT.paper });
  draw(pen, width, height, LIGHT);
  canvas.toBlob((blob) => blob && download(`${name}.png`, blob));
}

/** @param {{columns: string[], rows: (string|number)[][]}} table */
export function saveCsv(name, table) {
  const cell = (v) => (typeof v === 'number' ? (Number.isNaN(v) ? '' : String(v)) : /[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v);
  const text = [table.columns, ...table.rows].map((row) => row.map((v) => cell(v ?? '')).join(',')).join('\n');
  download(`${name}.csv`, new Blob([text + '\n'], { type: 'text/csv' }));
}

/** Hands a file to the browser. */
export function download(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[^\w.+-]+/g, '-');
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
