/** One page that shows all pictures side by side. */

/** @param names "job-failed": there is a picture of each in every look */
export function gallery(names: readonly string[], looks: readonly string[]): string {
  const rows = names.map((name) => {
    const pictures = looks.map((look) => {
      const file = `${name}-${look}.png`;
      return `<a href="${file}"><img loading="lazy" alt="${name}, ${look}" src="${file}"></a>`;
    });
    return `<h2>${name}</h2><div>${pictures.join("")}</div>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Headway, every page</title>
<style>body{font:1rem system-ui;margin:2rem}div{display:flex;gap:1rem;align-items:start}img{max-height:30rem;border:1px solid #8884}</style>
<h1>Every page and every status</h1>${rows.join("\n")}</html>`;
}
