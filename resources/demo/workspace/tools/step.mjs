// Carries out one step of the plan: node tools/step.mjs NAME [ARGUMENT…]
const [name, ...args] = process.argv.slice(2);
const { run } = await import(`./steps/${name}.mjs`);
await run(...args);
