#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { jsonReport } from './json-report.mjs';
import { measure } from './measure.mjs';
import { textReport } from './text-report.mjs';

const options = { json: { type: 'boolean', default: false } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });

if (positionals.length === 0) {
  process.stderr.write('usage: textstats [--json] FILE…\n');
  process.exitCode = 2;
}
for (const path of positionals) {
  const report = values.json ? jsonReport : textReport;
  process.stdout.write(`${report(measure(readFileSync(path, 'utf8')))}\n`);
}
