// The walls of the house: which room may import which (docs/architecture.md).
const rooms = {
  platform: [],
  model: [],
  cli: ['model', 'formats', 'language', 'protocol'],
  formats: ['model'],
  language: ['model', 'formats'],
  store: ['model', 'platform'],
  agents: ['model', 'platform'],
  workspaces: ['model', 'platform'],
  checks: ['model', 'platform'],
  runs: ['model', 'platform', 'formats', 'store', 'agents', 'workspaces', 'checks'],
  protocol: ['model'],
  server: ['model', 'platform', 'formats', 'language', 'store', 'runs', 'protocol'],
  ui: ['model', 'protocol'],
  webview: ['model', 'protocol'],
};

const walls = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-walls`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}));

const pure = ['model', 'formats', 'language'];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...walls,
    {
      name: 'pure-rooms-run-in-a-browser',
      severity: 'error',
      from: { path: `^src/(${pure.join('|')})/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-the-ui-imports-vscode',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ui/|extension\\.ts$)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'panel-runs-in-a-browser',
      severity: 'error',
      from: { path: '^src/webview/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
};
