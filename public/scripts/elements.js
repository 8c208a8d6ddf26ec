/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type such as HTMLInputElement
 * @returns {T | null} null if there is none of this type
 */
export function findById(id, type) {
  const element = document.getElementById(id);
  return element instanceof type ? element : null;
}

/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type such as HTMLInputElement
 * @throws {Error} if the page has none of this type
 */
export function getById(id, type) {
  const element = findById(id, type);
  if (!element) throw new Error(`No ${type.name} with the id ${id}`);
  return element;
}
