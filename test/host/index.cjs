// VS Code requires this file in the extension host and calls run(). It lets the host read TypeScript, and nothing else.
require('tsx/cjs');
module.exports = require('./run.ts');
