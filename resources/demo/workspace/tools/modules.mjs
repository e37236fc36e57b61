import { readdir, readFile } from 'node:fs/promises';

/** The modules of src in an order in which each one comes after what it imports. */
export async function modulesInOrder() {
  const names = (await readdir('src')).filter((name) => name.endsWith('.mjs')).sort();
  const modules = new Map();
  for (const name of names) {
    const text = await readFile(`src/${name}`, 'utf8');
    const imports = [...text.matchAll(/^import .* from '\.\/(.+)';$/gm)].map(([, from]) => from);
    modules.set(name, { name, text, imports });
  }
  const ordered = new Set();
  const visit = (module) => {
    for (const name of module.imports) visit(modules.get(name));
    ordered.add(module);
  };
  for (const module of modules.values()) visit(module);
  return [...ordered];
}
