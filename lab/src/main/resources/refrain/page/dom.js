/**
 * Elements in one call. Text is always text: nothing here parses markup, so a token or a run's name
 * can never become one.
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; `on…` are listeners, false and null leave out
 * @param {...(Node|string|number|null|undefined|false|Array<any>)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, props);
  element.append(...flat(children));
  return element;
}

/** The same in SVG's namespace. */
export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  assign(element, props);
  element.append(...flat(children));
  return element;
}

/** Puts new children in the place of all the old ones. */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** Sets a text only where it changed, so that a frame without news touches no layout. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A button. Where its text is a sign only `label` is its name; else it describes it, and the name is
 * what is read on it, as those expect who speak to the page.
 */
export function button(text, label, onclick, props = {}) {
  const sign = typeof text === 'string' && !/\p{L}/u.test(text);
  return h('button', { type: 'button', title: label, 'aria-label': sign ? label : null, onclick, ...props }, text);
}

/**
 * A labelled choice.
 * @param {string} label
 * @param {{value: string, text: string}[]} options
 * @param {string} value
 * @param {(value: string) => void} choose
 */
export function choice(label, options, value, choose) {
  const select = h('select', { onchange: (e) => choose(e.target.value), 'aria-label': label });
  setOptions(select, options, value);
  return h('label', { class: 'field' }, h('span', {}, label), select);
}

/** Replaces the options of a select where they differ. */
export function setOptions(select, options, value) {
  const key = JSON.stringify(options);
  if (select.dataset.options !== key) {
    select.dataset.options = key;
    fill(select, options.map((o) => h('option', { value: o.value }, o.text)));
  }
  if (select.value !== value) select.value = value;
}

/**
 * A group of toggles of which one is on.
 * @returns {HTMLElement & {show: (value: string) => void}}
 */
export function segments(label, options, choose) {
  const buttons = options.map((o) =>
    h('button', { type: 'button', 'data-value': o.value, title: o.title, onclick: () => choose(o.value) }, o.text));
  const group = /** @type {any} */ (h('div', { role: 'group', 'aria-label': label, class: 'segments' }, buttons));
  group.show = (value) =>
    buttons.forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.value === value)));
  return group;
}

function assign(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

const flat = (children) =>
  children.flat(4).filter((c) => c !== null && c !== undefined && c !== false).map((c) => (typeof c === 'number' ? String(c) : c));
