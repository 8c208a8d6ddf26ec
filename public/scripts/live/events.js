/**
 * @template {keyof LiveEventMap} Name
 * @param {Name} name
 * @param {LiveEventMap[Name]["detail"]} detail
 */
export function dispatch(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}
