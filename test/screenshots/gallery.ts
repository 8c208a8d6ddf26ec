/**
 * @param names of the subjects, such as "job-failed"
 * @param looks of each subject, such as "wide-light"
 * @returns an HTML page that shows all screenshots side by side
 */
export function gallery(names: readonly string[], looks: readonly string[]): string {
  const rows = names.map((name) => {
    const images = looks.map((look) => {
      const file = `${name}-${look}.png`;
      return `<a href="${file}"><img loading="lazy" alt="${name}, ${look}" src="${file}"></a>`;
    });
    return `<h2>${name}</h2><div>${images.join("")}</div>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Headway, every page</title>
<style>body{font:1rem system-ui;margin:2rem}div{display:flex;gap:1rem;align-items:start}img{max-height:30rem;border:1px solid #8884}</style>
<h1>Every page and every status</h1>${rows.join("\n")}</html>`;
}
