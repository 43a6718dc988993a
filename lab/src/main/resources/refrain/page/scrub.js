/**
 * The pointer on a picture over training: moving shows a step, dragging moves the cursor, dragging
 * with Shift zooms, a double click shows all again. Each has a key or a button too.
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
  const stepAt = (x) => {
    const s = scale();
    return s ? Math.max(0, s.x(x) / perStep()) : null;
  };
  const move = (event) => {
    const at = figure.at(event);
    const step = stepAt(at.x);
    if (step === null) return;
    if (from === null) {
      store.set({ hoverStep: Math.round(step) });
      hover?.(at.x, at.y);
    } else if (zooming) stripe = drawStripe(plot, stripe, from, at.x);
    else cursor.to(step);
  };
  plot.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    const at = figure.at(event);
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
    if (from !== null && zooming) {
      const [a, b] = [stepAt(from), stepAt(figure.at(event).x)].sort((p, q) => p - q);
      cursor.zoomTo(a, b);
    }
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
