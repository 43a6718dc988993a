/**
 * The pointer on a picture over training: moving shows a step, dragging moves the cursor, dragging
 * with Shift zooms, a double click shows all again; two fingers zoom around the cursor. Each has a
 * key or a button too.
 */

/**
 * @param {import('./figure.js').Figure} figure
 * @param {{
 *   scale: () => import('./scale.js').XScale|null,
 *   perStep: () => number,
 *   cursor: import('./cursor.js').Cursor,
 *   store: any,
 *   hover?: (x: number, y: number) => void,
 *   pick?: (x: number, y: number) => void}} to
 */
export function scrub(figure, { scale, perStep, cursor, store, hover, pick }) {
  const plot = figure.plot;
  let from = null;
  let zooming = false;
  let stripe = null;
  const fingers = new Map();
  let spread = 0;
  const stepAt = (x) => {
    const s = scale();
    return s ? Math.max(0, s.x(x) / perStep()) : null;
  };
  const apart = () => {
    const [a, b] = [...fingers.values()];
    return Math.max(20, Math.abs(a - b));
  };
  const pinch = (event, x) => {
    if (!fingers.has(event.pointerId)) return false;
    fingers.set(event.pointerId, x);
    if (fingers.size !== 2) return false;
    const now = apart();
    if (Math.abs(now / spread - 1) > 0.03) {
      cursor.zoom(spread / now);
      spread = now;
    }
    return true;
  };
  const move = (event) => {
    const at = figure.at(event);
    if (pinch(event, at.x)) return;
    const step = stepAt(at.x);
    if (step === null) return;
    if (from === null) {
      store.set({ hoverStep: Math.round(step) });
      hover?.(at.x, at.y);
    } else if (zooming) stripe = drawStripe(plot, stripe, from, at.x);
    else {
      cursor.to(step);
      hover?.(at.x, at.y);
    }
  };
  plot.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    const at = figure.at(event);
    if (event.pointerType === 'touch') fingers.set(event.pointerId, at.x);
    if (fingers.size === 2) spread = apart();
    if (fingers.size > 1) return;
    from = at.x;
    zooming = event.shiftKey;
    cursor.pause();
    // On a touch screen a vertical move scrolls; the style sheet says so with touch-action.
    plot.setPointerCapture(event.pointerId);
    if (!zooming) {
      pick?.(at.x, at.y);
      move(event);
    }
  });
  plot.addEventListener('pointermove', move);
  const end = (event) => {
    fingers.delete(event.pointerId);
    if (from !== null && zooming) {
      const [a, b] = [stepAt(from), stepAt(figure.at(event).x)].sort((p, q) => p - q);
      cursor.zoomTo(a, b);
    } else if (from !== null && event.type === 'pointerup') cursor.to(stepAt(figure.at(event).x));
    stripe?.remove();
    stripe = null;
    from = null;
    zooming = false;
  };
  plot.addEventListener('pointerup', end);
  plot.addEventListener('pointercancel', end);
  plot.addEventListener('pointerleave', () => {
    store.set({ hoverStep: null });
    hover?.(-1, -1);
  });
  plot.addEventListener('dblclick', () => store.set({ zoom: null }));
}

function drawStripe(plot, old, a, b) {
  const stripe = old ?? plot.appendChild(Object.assign(document.createElement('div'), { className: 'stripe' }));
  stripe.style.left = `${Math.min(a, b)}px`;
  stripe.style.width = `${Math.abs(b - a)}px`;
  return stripe;
}
